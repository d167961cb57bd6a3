// Reading what an origin stores.
(() => {
  const done = request => new Promise((yes, no) => {
    request.onsuccess = () => yes(request.result);
    request.onerror = () => no(request.error);
  });

  // open opens a database that is there, in the version that it has, and never
  // makes one: it may have been deleted meanwhile. Whoever wants to change it is
  // not kept waiting.
  const open = name => new Promise((yes, no) => {
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => request.transaction.abort();
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      yes(request.result);
    };
    request.onerror = () => no(request.error);
    request.onblocked = () => no(new Error('blocked'));
  });

  const keyPath = (to, path) => {
    if (Array.isArray(path)) to.keyPathArray = path;
    else if (path !== null) to.keyPath = path;
  };

  const shape = store => {
    const s = { name: store.name, autoIncrement: store.autoIncrement };
    keyPath(s, store.keyPath);
    s.records = [];
    s.indexes = Array.from(store.indexNames, name => {
      const index = store.index(name);
      const i = { name };
      keyPath(i, index.keyPath);
      i.multiEntry = index.multiEntry;
      i.unique = index.unique;
      return i;
    });
    return s;
  };

  // records writes each record of a store as JSON, and counts while it reads:
  // how many are asked for at once follows from how large they were.
  const records = async (store, budget, lost) => {
    const out = [];
    let range = null, count = 16;
    for (;;) {
      const [keys, values] = await Promise.all([done(store.getAllKeys(range, count)), done(store.getAll(range, count))]);
      let size = 0;
      for (let i = 0; i < keys.length; i++) {
        const r = {};
        if (store.keyPath === null) keeper.field(r, 'key', keys[i], lost);
        keeper.field(r, 'value', values[i], lost);
        const text = JSON.stringify(r);
        size += text.length;
        budget.left -= text.length;
        if (budget.left < 0) throw new Error('budget');
        out.push(text);
      }
      if (keys.length < count) return out;
      range = IDBKeyRange.lowerBound(keys[keys.length - 1], true);
      count = Math.max(1, Math.min(1024, Math.floor((1 << 20) / (size / keys.length))));
    }
  };

  // one transaction over all stores is one moment of the database.
  const database = async (name, budget, loss) => {
    const db = await open(name);
    try {
      const head = { name: db.name, version: db.version };
      const names = Array.from(db.objectStoreNames);
      const stores = [];
      if (names.length > 0) {
        const tx = db.transaction(names, 'readonly');
        for (const n of names) {
          const store = tx.objectStore(n);
          const s = shape(store);
          const lost = (path, type) => loss(name, n, path, type);
          const list = await records(store, budget, lost);
          budget.records += list.length;
          const text = JSON.stringify(s);
          stores.push(text.replace('"records":[]', () => '"records":[' + list.join(',') + ']'));
        }
      }
      return JSON.stringify(head).slice(0, -1) + ',"stores":[' + stores.join(',') + ']}';
    } finally {
      db.close();
    }
  };

  // databases keeps the text of all databases of the origin under "databases"
  // and returns what there is to say about it.
  keeper.databases = async (max, include, exclude) => {
    const result = { databases: 0, records: 0, over: false, lost: [], failed: [] };
    const losses = new Map();
    const loss = (db, store, path, type) => {
      const where = path.replace(/\[\d+\]/g, '[]');
      const key = JSON.stringify([db, store, where, type]);
      const known = losses.get(key);
      if (known) known.count++;
      else if (losses.size < 100) losses.set(key, { database: db, store, path: where, type, count: 1 });
    };
    const budget = { left: max, records: 0 };
    const texts = [];
    for (const { name } of await indexedDB.databases()) {
      if (exclude.includes(name) || include.length > 0 && !include.includes(name)) continue;
      try {
        texts.push(await database(name, budget, loss));
        result.databases++;
      } catch (e) {
        if (e.message === 'budget') { result.over = true; return result; }
        if (e.name !== 'AbortError') result.failed.push({ database: name, reason: e.name });
      }
    }
    result.records = budget.records;
    result.lost = Array.from(losses.values());
    keeper.texts.set('databases', '[' + texts.join(',') + ']');
    return result;
  };

  // local keeps the entries of localStorage under "local". Names of its methods
  // are keys like others.
  keeper.local = () => {
    const out = [];
    for (let i = 0; i < localStorage.length; i++) {
      const key = localStorage.key(i);
      out.push([key, localStorage.getItem(key)]);
    }
    keeper.texts.set('local', JSON.stringify(out));
    return out.length;
  };
})();
