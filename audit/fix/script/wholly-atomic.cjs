'use strict';

// Replaces files so that a reader finds the old content or the new, whole.
//
// Written by `wholly audit --fix`; the file needs nothing but Node 16 or later
// and may be moved, renamed and edited like any other of the project.
//
// The new content goes into a temp file beside the target, reaches the disk,
// and takes the target's name in one step. After an error, a kill or a power
// cut the target is as it was before; an error whose syscall is "fsync" and
// whose path is the folder comes once the new content has its name, and says
// that it may not last yet.
//
// The permissions of the file that is replaced are kept, its owner where that
// is allowed, and a symlink is followed. Not kept: ACLs, extended attributes,
// and other hard links, which go on naming the old content. Temp files that a
// kill leaves behind are named ".wholly-" and 13 letters; `wholly sweep`
// removes them.

const { randomBytes } = require('node:crypto');
const {
  accessSync, closeSync, constants, fchmodSync, fchownSync, fstatSync, fsyncSync, linkSync, mkdirSync, openSync,
  readFileSync, readlinkSync, realpathSync, renameSync, statSync, unlinkSync, writeFileSync,
} = require('node:fs');
const { access, link, mkdir, open, readFile, readlink, realpath, rename, stat, unlink } = require('node:fs/promises');
const { basename, dirname, join, resolve } = require('node:path');
const { setTimeout: sleep } = require('node:timers/promises');
const { fileURLToPath } = require('node:url');

/**
 * Replaces path with data, or leaves it as it was and fails. The options are
 * the encoding, alone or in an object, of data that is a string; mode, the
 * permissions of a new file, less the umask; chmod, those of the result
 * whatever they were, where an old file otherwise keeps its own; and parents,
 * which makes missing folders.
 */
async function writeAtomic(path, data, options) {
  if (wantsParents(options)) await mkdir(dirname(plain(path)), { recursive: true });
  const target = await follow(plain(path));
  const old = await look(target);
  const set = settings(options, old);
  const tmp = tempName(target);
  const f = await open(tmp, 'wx', set.create);
  try {
    try {
      await dress(f, old, set.bits);
      await f.writeFile(data, { encoding: set.encoding });
      await f.sync();
    } finally {
      await f.close();
    }
    await renameOver(tmp, target);
  } catch (e) {
    await unlink(tmp).catch(() => {});
    throw e;
  }
  await syncFolder(dirname(target));
}

/** Does what writeAtomic does before it returns. */
function writeAtomicSync(path, data, options) {
  if (wantsParents(options)) mkdirSync(dirname(plain(path)), { recursive: true });
  const target = followSync(plain(path));
  const old = lookSync(target);
  const set = settings(options, old);
  const tmp = tempName(target);
  const fd = openSync(tmp, 'wx', set.create);
  try {
    try {
      dressSync(fd, old, set.bits);
      writeFileSync(fd, data, { encoding: set.encoding });
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameOverSync(tmp, target);
  } catch (e) {
    quietly(() => unlinkSync(tmp));
    throw e;
  }
  syncFolderSync(dirname(target));
}

/** Does what writeAtomic does and calls back, like fs.writeFile. */
function writeAtomicCallback(path, data, options, callback) {
  const done = typeof options === 'function' ? options : callback;
  if (typeof done !== 'function') {
    throw Object.assign(new TypeError('the callback is not a function'), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  writeAtomic(path, data, typeof options === 'function' ? undefined : options).then(
    () => process.nextTick(done, null), (e) => process.nextTick(done, e));
}

/**
 * Gives the file path the name backup as well, in place of an older backup.
 * path keeps its own name all the while, and backup is whole at any time.
 */
async function keepBackup(path, backup) {
  const from = await realpath(path);
  const tmp = tempName(plain(backup));
  if (!await linked(from, tmp)) {
    const { mode } = await stat(from);
    return writeAtomic(backup, await readFile(from), { chmod: mode & 0o7777 });
  }
  try {
    await renameOver(tmp, plain(backup));
  } finally {
    await unlink(tmp).catch(() => {}); // rename() leaves it if both are one file already
  }
}

/** Does what keepBackup does before it returns. */
function keepBackupSync(path, backup) {
  const from = realpathSync.native(path);
  const tmp = tempName(plain(backup));
  if (!linkedSync(from, tmp)) {
    const { mode } = statSync(from);
    return writeAtomicSync(backup, readFileSync(from), { chmod: mode & 0o7777 });
  }
  try {
    renameOverSync(tmp, plain(backup));
  } finally {
    quietly(() => unlinkSync(tmp)); // rename() leaves it if both are one file already
  }
}

/** Makes a hard link; false where there are none, or not from here to there. */
async function linked(from, name) {
  try {
    await link(from, name);
    return true;
  } catch (e) {
    if (codeOf(e) === 'ENOENT') throw e;
    return false;
  }
}

function linkedSync(from, name) {
  try {
    linkSync(from, name);
    return true;
  } catch (e) {
    if (codeOf(e) === 'ENOENT') throw e;
    return false;
  }
}

/** Gives the temp file owner and permissions, before it has content. */
async function dress(f, old, bits) {
  if (old && differ(old, await f.stat())) await f.chown(old.uid, old.gid).catch(() => {});
  if (bits !== undefined) await f.chmod(bits);
}

function dressSync(fd, old, bits) {
  if (old && differ(old, fstatSync(fd))) quietly(() => fchownSync(fd, old.uid, old.gid));
  if (bits !== undefined) fchmodSync(fd, bits);
}

function wantsParents(options) {
  return typeof options === 'object' && options !== null && options.parents === true;
}

function settings(options, old) {
  const given = typeof options === 'string' ? { encoding: options } : options ?? {};
  const bits = given.chmod ?? (old ? old.mode & 0o7777 : undefined);
  const create = bits === undefined ? given.mode ?? 0o666 : bits & 0o777;
  return { encoding: given.encoding ?? 'utf8', bits, create };
}

function plain(path) {
  if (path instanceof URL) return fileURLToPath(path);
  return Buffer.isBuffer(path) ? path.toString() : path;
}

/** Follows symlinks, also one whose end is not there yet. */
async function follow(path) {
  for (let links = 0; ; links++) {
    try {
      return await realpath(path);
    } catch (e) {
      if (codeOf(e) !== 'ENOENT' || links > 40) throw e;
    }
    const folder = await realpath(dirname(path));
    const name = basename(path);
    try {
      path = resolve(folder, await readlink(join(folder, name)));
    } catch {
      return join(folder, name); // a new file
    }
  }
}

function followSync(path) {
  for (let links = 0; ; links++) {
    try {
      return realpathSync.native(path);
    } catch (e) {
      if (codeOf(e) !== 'ENOENT' || links > 40) throw e;
    }
    const folder = realpathSync.native(dirname(path));
    const name = basename(path);
    try {
      path = resolve(folder, readlinkSync(join(folder, name)));
    } catch {
      return join(folder, name); // a new file
    }
  }
}

/** What is to be replaced; undefined if there is nothing yet. */
async function look(target) {
  const old = await stat(target).catch(ifMissing);
  if (old) {
    check(target, old);
    await access(target, constants.W_OK); // a rename would not ask
  }
  return old;
}

function lookSync(target) {
  const old = statSync(target, { throwIfNoEntry: false });
  if (old) {
    check(target, old);
    accessSync(target, constants.W_OK); // a rename would not ask
  }
  return old;
}

function check(target, old) {
  if (old.isDirectory()) throw failure('EISDIR', 'illegal operation on a directory', target);
  if (!old.isFile()) throw failure('EINVAL', 'not a regular file', target);
}

function tempName(target) {
  return join(dirname(target), '.wholly-' + randomBytes(7).toString('hex').slice(0, 13));
}

/** Renames; on Windows it waits up to two seconds for readers. */
async function renameOver(tmp, target) {
  for (let pause = 1; ; pause *= 2) {
    try {
      await rename(tmp, target);
      return;
    } catch (e) {
      if (!mayPass(e, pause)) throw explained(e, target);
    }
    await sleep(pause);
  }
}

function renameOverSync(tmp, target) {
  for (let pause = 1; ; pause *= 2) {
    try {
      renameSync(tmp, target);
      return;
    } catch (e) {
      if (!mayPass(e, pause)) throw explained(e, target);
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
  }
}

function mayPass(e, pause) {
  return process.platform === 'win32' && pause <= 1024 && ['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(e) ?? '');
}

function explained(e, target) {
  if (codeOf(e) !== 'EBUSY' || process.platform === 'win32') return e;
  return failure('EBUSY', 'is mounted by itself and cannot be replaced: mount the directory it is in', target);
}

/** Makes the new name last; Windows does that by itself. */
async function syncFolder(folder) {
  if (process.platform === 'win32') return;
  const d = await open(folder, 'r').catch(ifForbidden); // it may be changed, but not read
  if (!d) return;
  try {
    await d.sync();
  } catch (e) {
    if (!cannot(e)) throw e;
  } finally {
    await d.close();
  }
}

function syncFolderSync(folder) {
  if (process.platform === 'win32') return;
  let d;
  try {
    d = openSync(folder, 'r');
  } catch (e) {
    ifForbidden(e);
    return; // it may be changed, but not read
  }
  try {
    fsyncSync(d);
  } catch (e) {
    if (!cannot(e)) throw e;
  } finally {
    closeSync(d);
  }
}

/** Not every file system can sync a folder. */
function cannot(e) {
  return ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP'].includes(codeOf(e) ?? '');
}

function ifMissing(e) {
  if (codeOf(e) !== 'ENOENT') throw e;
}

function ifForbidden(e) {
  if (codeOf(e) !== 'EACCES') throw e;
}

function differ(a, b) {
  return a.uid !== b.uid || a.gid !== b.gid;
}

function quietly(call) {
  try {
    call();
  } catch {
    // what matters has been done, or fails already
  }
}

function codeOf(e) {
  return e?.code;
}

function failure(code, text, path) {
  return Object.assign(new Error(`${code}: ${text}, '${path}'`), { code, path });
}

module.exports = { writeAtomic, writeAtomicSync, writeAtomicCallback, keepBackup, keepBackupSync };
