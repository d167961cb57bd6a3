// Playwright's notation of values that JSON has no word for. A value is written
// as it is only if nothing in it needs the notation; falsy ones always need it,
// for Playwright up to 1.64 takes them for missing.
(() => {
  const arrays = {
    i8: Int8Array, ui8: Uint8Array, ui8c: Uint8ClampedArray, i16: Int16Array, ui16: Uint16Array,
    i32: Int32Array, ui32: Uint32Array, f32: Float32Array, f64: Float64Array,
    bi64: BigInt64Array, bui64: BigUint64Array,
  };
  const tag = v => Object.prototype.toString.call(v).slice(8, -1);

  const toBase64 = bytes => {
    let text = '';
    for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode.apply(null, bytes.subarray(i, i + 0x8000));
    return btoa(text);
  };
  const fromBase64 = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));

  // plain reports whether JSON says the value exactly.
  const plain = (v, seen) => {
    switch (typeof v) {
      case 'string': case 'boolean': return true;
      case 'number': return Number.isFinite(v) && !Object.is(v, -0);
      case 'object': break;
      default: return false;
    }
    if (v === null) return true;
    if (seen.has(v)) return false; // a cycle, or one thing in two places
    seen.add(v);
    const keys = Object.keys(v);
    if (Array.isArray(v)) {
      if (keys.length !== v.length) return false; // holes, or keys of its own
      for (const item of v) if (!plain(item, seen)) return false;
      return true;
    }
    if (tag(v) !== 'Object') return false;
    for (const key of keys) {
      if (key === '__proto__' || key === 'toJSON' || !plain(v[key], seen)) return false;
    }
    return true;
  };

  const number = v =>
    Number.isNaN(v) ? { v: 'NaN' } : v === Infinity ? { v: 'Infinity' } : v === -Infinity ? { v: '-Infinity' } :
    Object.is(v, -0) ? { v: '-0' } : v;

  // encode writes any value; what it has no word for is told to lost.
  const encode = (value, lost) => {
    const ids = new Map();
    const enter = v => { const id = ids.size + 1; ids.set(v, id); return id; };
    const go = (v, path) => {
      switch (typeof v) {
        case 'undefined': return { v: 'undefined' };
        case 'boolean': case 'string': return v;
        case 'number': return number(v);
        case 'bigint': return { bi: v.toString() };
        case 'object': return v === null ? { v: 'null' } : object(v, path);
      }
      lost(path, typeof v);
      return { v: 'undefined' };
    };
    const object = (v, path) => {
      const kind = tag(v);
      switch (kind) {
        case 'Date': return { d: v.toJSON() };
        case 'RegExp': return { r: { p: v.source, f: v.flags } };
        case 'Error': return { e: { n: String(v.name), m: String(v.message), s: String(v.stack ?? '') } };
        case 'ArrayBuffer': return { ab: { b: toBase64(new Uint8Array(v)) } };
      }
      for (const [k, type] of Object.entries(arrays)) {
        if (v instanceof type) return { ta: { b: toBase64(new Uint8Array(v.buffer, v.byteOffset, v.byteLength)), k } };
      }
      if (ids.has(v)) return { ref: ids.get(v) };
      const id = enter(v);
      if (Array.isArray(v)) {
        if (Object.keys(v).length !== v.length) lost(path, 'Array with holes');
        return { a: Array.from(v, (item, i) => go(item, path + '[' + i + ']')), id };
      }
      if (kind === 'Map') return { m: Array.from(v, ([k, w]) => ({ k: go(k, path + '<key>'), v: go(w, path + '<value>') })), id };
      if (kind === 'Set') return { s: Array.from(v, w => go(w, path + '<item>')), id };
      if (kind !== 'Object') lost(path, kind);
      return { o: Object.keys(v).map(k => ({ k, v: go(v[k], path + '.' + k) })), id };
    };
    return go(value, '');
  };

  const words = { null: null, undefined: undefined, NaN: NaN, Infinity: Infinity, '-Infinity': -Infinity, '-0': -0 };
  const put = (to, key, value) => Object.defineProperty(to, key, { value, writable: true, enumerable: true, configurable: true });

  // decode reads what encode has written, and what Playwright writes.
  const decode = value => {
    const known = new Map();
    const enter = (id, v) => { if (id !== undefined) known.set(id, v); return v; };
    const go = v => {
      if (typeof v !== 'object' || v === null) return v;
      if ('ref' in v) return known.get(v.ref);
      if ('v' in v) return words[v.v];
      if ('d' in v) return new Date(v.d === null ? NaN : v.d);
      if ('u' in v) return v.u;
      if ('bi' in v) return BigInt(v.bi);
      if ('e' in v) return Object.assign(new Error(v.e.m), { name: v.e.n, stack: v.e.s });
      if ('r' in v) return new RegExp(v.r.p, v.r.f);
      if ('ab' in v) return fromBase64(v.ab.b).buffer;
      if ('ta' in v) return new arrays[v.ta.k](fromBase64(v.ta.b).buffer);
      if ('a' in v) { const a = enter(v.id, []); for (const w of v.a) a.push(go(w)); return a; }
      if ('m' in v) { const m = enter(v.id, new Map()); for (const e of v.m) m.set(go(e.k), go(e.v)); return m; }
      if ('s' in v) { const s = enter(v.id, new Set()); for (const w of v.s) s.add(go(w)); return s; }
      if ('o' in v) { const o = enter(v.id, {}); for (const e of v.o) put(o, e.k, go(e.v)); return o; }
      return v;
    };
    return go(value);
  };

  // field writes a key or a value of a record under name, or under nameEncoded.
  const field = (record, name, value, lost) => {
    if (value && plain(value, new Set())) record[name] = value;
    else record[name + 'Encoded'] = encode(value, lost);
  };

  Object.assign(keeper, { encode, decode, field });

  // Texts that are too long for one message.
  const texts = new Map();
  keeper.texts = texts;
  keeper.clear = name => { texts.set(name, []); };
  keeper.append = (name, part) => { texts.get(name).push(part); };
  keeper.take = name => { const t = texts.get(name).join(''); texts.delete(name); return t; };
  keeper.slice = (name, at, size) => {
    const t = texts.get(name);
    let end = Math.min(at + size, t.length);
    const c = t.charCodeAt(end - 1);
    if (end < t.length && c >= 0xD800 && c < 0xDC00) end--; // not between two halves
    const part = { Text: t.slice(at, end), Next: end < t.length ? end : -1 };
    if (part.Next < 0) texts.delete(name);
    return part;
  };
})();
