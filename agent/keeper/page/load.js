// Writing what an origin is to store.
(() => {
  const done = request => new Promise((yes, no) => {
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error);
  });
  const finished = tx => new Promise((yes, no) => {
    tx.oncomplete = () => yes();
    tx.onerror = tx.onabort = () => no(tx.error ?? new Error('aborted'));
  });

  // entries sets what differs. What does not fit is told by its place in the
  // list, and costs no other entry.
  keeper.entries = (area, replace) => {
    const storage = area === 'local' ? localStorage : sessionStorage;
    const list = JSON.parse(keeper.take(area));
    const result = { set: 0, deleted: 0, failed: [] };
    if (replace) {
      const names = new Set(list.map(e => e[0]));
      for (const name of Array.from({ length: storage.length }, (_, i) => storage.key(i))) {
        if (!names.has(name)) { storage.removeItem(name); result.deleted++; }
      }
    }
    list.forEach(([name, value], i) => {
      try {
        if (storage.getItem(name) !== value) storage.setItem(name, value);
        if (storage.getItem(name) === value) result.set++; else result.failed.push({ at: i, reason: 'it was not stored' });
      } catch (e) {
        result.failed.push({ at: i, reason: e.name });
      }
    });
    return result;
  };

  const pathOf = s => s.keyPathArray ?? s.keyPath ?? null;
  const samePath = (a, b) => JSON.stringify(a) === JSON.stringify(b);

  // fits reports whether a database that is there has the shape of the file's.
  const fits = (db, want) => {
    const stores = want.stores ?? [];
    if (db.version !== (want.version || 1) || db.objectStoreNames.length !== stores.length) return false;
    if (stores.length === 0) return true;
    if (!stores.every(s => db.objectStoreNames.contains(s.name))) return false;
    const tx = db.transaction(Array.from(db.objectStoreNames), 'readonly');
    return stores.every(s => {
      const store = tx.objectStore(s.name), indexes = s.indexes ?? [];
      return samePath(store.keyPath, pathOf(s)) && store.autoIncrement === Boolean(s.autoIncrement) &&
        store.indexNames.length === indexes.length && indexes.every(i => {
          if (!store.indexNames.contains(i.name)) return false;
          const index = store.index(i.name);
          return samePath(index.keyPath, pathOf(i)) && index.unique === Boolean(i.unique) && index.multiEntry === Boolean(i.multiEntry);
        });
    });
  };

  const build = (db, want) => {
    for (const s of want.stores ?? []) {
      const store = db.createObjectStore(s.name, { keyPath: pathOf(s), autoIncrement: Boolean(s.autoIncrement) });
      for (const i of s.indexes ?? []) store.createIndex(i.name, pathOf(i), { unique: Boolean(i.unique), multiEntry: Boolean(i.multiEntry) });
    }
  };

  // open opens a database in the file's version and builds it if it is new.
  const open = want => new Promise((yes, no) => {
    const request = indexedDB.open(want.name, want.version || 1);
    request.onupgradeneeded = e => {
      if (e.oldVersion === 0) build(request.result, want);
      else request.transaction.abort();
    };
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      yes(request.result);
    };
    request.onerror = () => no(request.error);
    request.onblocked = () => no(new Error('blocked'));
  });

  // opened tries again where a wipe is still closing what was there.
  const opened = async want => {
    for (let tries = 1; ; tries++) {
      try {
        return await open(want);
      } catch (e) {
        if (e.name !== 'AbortError' || tries === 40) throw e;
        await new Promise(yes => setTimeout(yes, 50));
      }
    }
  };

  const missing = Symbol();
  const given = (r, name) => name in r ? r[name] : name + 'Encoded' in r ? keeper.decode(r[name + 'Encoded']) : missing;

  // fill makes records the whole content of the stores, in one transaction: in
  // place, whoever has the database open.
  const fill = async (db, want, result) => {
    const stores = want.stores ?? [];
    if (stores.length === 0) return;
    const note = (store, reason) => {
      const known = result.failed.find(f => f.database === want.name && f.store === store && f.reason === reason);
      if (known) known.count++; else result.failed.push({ database: want.name, store, reason, count: 1 });
    };
    const tx = db.transaction(stores.map(s => s.name), 'readwrite');
    const end = finished(tx);
    for (const s of stores) {
      const store = tx.objectStore(s.name);
      store.clear();
      for (const r of s.records ?? []) {
        try {
          let value = given(r, 'value');
          if (value === missing) { value = undefined; note(s.name, 'a record has no value'); }
          const key = store.keyPath === null ? given(r, 'key') : missing;
          if (store.keyPath === null && key === missing && !store.autoIncrement) { note(s.name, 'a record has no key'); continue; }
          const request = key === missing ? store.put(value) : store.put(value, key);
          request.onerror = e => { e.preventDefault(); e.stopPropagation(); note(s.name, request.error.name); result.records--; };
          result.records++;
        } catch (e) {
          note(s.name, e.name);
        }
      }
    }
    await end;
  };

  // survey tells which databases stand in the way of those of the file: those of
  // another shape, and those that the file lacks.
  keeper.survey = async () => {
    const list = JSON.parse(keeper.texts.get('wanted').join(''));
    const have = await indexedDB.databases();
    const misfits = [];
    for (const want of list) {
      if (!have.some(d => d.name === want.name)) continue;
      const db = await done(indexedDB.open(want.name));
      if (!fits(db, want)) misfits.push(want.name);
      db.close();
    }
    return { misfits, extras: have.map(d => d.name).filter(name => !list.some(w => w.name === name)) };
  };

  // restore makes each database of the text under name what the file says.
  keeper.restore = async name => {
    const result = { databases: 0, records: 0, failed: [] };
    for (const want of JSON.parse(keeper.take(name))) {
      try {
        const db = await opened(want);
        try { await fill(db, want, result); } finally { db.close(); }
        result.databases++;
      } catch (e) {
        result.failed.push({ database: want.name, store: '', reason: e.name + (e.message === 'blocked' ? ': blocked' : ''), count: 1 });
      }
    }
    return result;
  };
})();
