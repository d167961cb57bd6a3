// Serves requests at descriptor 3 (see child_linux.go) by one function of one
// package. Arguments: the package's entry file, the name of the function in it.
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

const [entry, name] = process.argv.slice(1);
const loaded = await import(pathToFileURL(entry));
const write = loaded[name] ?? loaded.default[name];

// The mode is for a new file; without one both packages keep the mode of a file
// that is there, as their documents say.
function options(path, perm) {
  return fs.existsSync(path) ? {} : { mode: perm };
}

let held = Buffer.alloc(0); // what was read beyond the last request

// fill reads into the buffer from at on, and returns how far it is filled. The
// end of the input is our end.
function fill(buffer, at) {
  const n = fs.readSync(3, buffer, at, buffer.length - at, null);
  if (n === 0) process.exit(0);
  return at + n;
}

function line() {
  for (;;) {
    const at = held.indexOf('\n');
    if (at >= 0) {
      const text = held.subarray(0, at).toString();
      held = held.subarray(at + 1);
      return text;
    }
    const chunk = Buffer.allocUnsafe(64 << 10);
    held = Buffer.concat([held, chunk.subarray(0, fill(chunk, 0))]);
  }
}

function content(length) {
  const data = Buffer.allocUnsafe(length);
  let have = held.copy(data);
  held = held.subarray(have);
  while (have < length) have = fill(data, have);
  return data;
}

function serve() {
  const { path, perm, length } = JSON.parse(line());
  const file = Buffer.from(path, 'base64').toString();
  const data = content(length);
  const begin = process.hrtime.bigint();
  const ns = () => Number(process.hrtime.bigint() - begin);
  try {
    write(file, data, options(file, perm));
    return { ok: true, ns: ns() };
  } catch (e) {
    return { ok: false, ns: ns(), error: e.code ?? '', message: e.message };
  }
}

function say(answer) {
  fs.writeSync(3, JSON.stringify(answer) + '\n');
}

say({ ok: true });
for (;;) say(serve());
