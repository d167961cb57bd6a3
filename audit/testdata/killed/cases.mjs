// Ways to save a text, run and killed by the tests, and audited by them.
import fs from 'node:fs';
import { open, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

export function inPlace(file, text) {
  const fd = fs.openSync(file, 'w');
  for (let i = 0; i < text.length; i += 4096) {
    fs.writeSync(fd, text.slice(i, i + 4096));
  }
  fs.closeSync(fd);
}

export async function atOnce(file, text) {
  await writeFile(file, text);
}

export function removedFirst(file, text) {
  const tmp = file + '.tmp';
  fs.unlinkSync(file);
  fs.writeFileSync(tmp, text);
  fs.renameSync(tmp, file);
}

export function putAside(file, text) {
  const tmp = file + '.tmp';
  fs.renameSync(file, file + '.bak');
  fs.writeFileSync(tmp, text);
  fs.renameSync(tmp, file);
}

export function copiedOver(file, text) {
  const tmp = file + '.tmp';
  fs.writeFileSync(tmp, text);
  fs.copyFileSync(tmp, file);
}

export function updated(file, text) {
  const fd = fs.openSync(file, 'r+');
  for (let i = 0; i < text.length; i += 4096) {
    fs.writeSync(fd, text.slice(i, i + 4096));
  }
  fs.closeSync(fd);
}

export async function renamed(file, text) {
  const tmp = file + '.tmp';
  await writeFile(tmp, text);
  await rename(tmp, file);
}

export async function durable(file, text) {
  const tmp = `${file}.${process.pid}.tmp`;
  const f = await open(tmp, 'w');
  try {
    await f.writeFile(text);
    await f.sync();
  } finally {
    await f.close();
  }
  await rename(tmp, file);
  const dir = await open(path.dirname(file), 'r');
  await dir.sync();
  await dir.close();
}
