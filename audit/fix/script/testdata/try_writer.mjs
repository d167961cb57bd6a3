// What the writer promises, tried on a real disk. Run it in an empty folder:
// node try_writer.mjs WRITER
import assert from 'node:assert/strict';
import {
  chmodSync, chownSync, copyFileSync, existsSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync,
  writeFileSync,
} from 'node:fs';
import { execFileSync } from 'node:child_process';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const w = await import(pathToFileURL(process.argv[2]));
const root = process.getuid?.() === 0;
const bits = (path) => statSync(path).mode & 0o7777;
const text = (path) => readFileSync(path, 'utf8');

const viaCallback = (...args) => new Promise((done, fail) => {
  w.writeAtomicCallback(...args, (...got) => {
    assert.equal(got.length, 1);
    if (got[0]) fail(got[0]); else done(got[0]);
  });
});
const forms = {
  promise: w.writeAtomic,
  sync: async (...args) => assert.equal(w.writeAtomicSync(...args), undefined),
  callback: async (...args) => assert.equal(await viaCallback(...args), null),
};

const tests = {
  async 'a new file gets what the umask leaves'(write) {
    process.umask(0o027);
    await write('new', 'text');
    assert.equal(bits('new'), 0o640);
    process.umask(0o022);
    await write('plain', 'é');
    assert.deepEqual([text('plain'), bits('plain')], ['é', 0o644]);
    await write('private', 'x', { mode: 0o600 });
    await write('private-too', 'x', { mode: '600' });
    await write('chmodded', 'x', { chmod: 0o606 });
    assert.deepEqual([bits('private'), bits('private-too'), bits('chmodded')], [0o600, 0o600, 0o606]);
  },
  async 'the old mode is kept'(write) {
    for (const mode of [0o600, 0o666, 0o755]) {
      writeFileSync('old', 'old');
      chmodSync('old', mode);
      await write('old', 'new');
      assert.deepEqual([text('old'), bits('old')], ['new', mode]);
    }
    await write('old', 'new', { mode: 0o600 }); // as in fs.writeFile: of a new file
    assert.equal(bits('old'), 0o755);
    await write('old', 'new', { chmod: 0o600 });
    assert.equal(bits('old'), 0o600);
  },
  async 'the owner is kept where that is allowed'(write) {
    if (!root) return;
    writeFileSync('theirs', 'old');
    chownSync('theirs', 4711, 4712);
    await write('theirs', 'new');
    const { uid, gid } = statSync('theirs');
    assert.deepEqual([uid, gid], [4711, 4712]);
  },
  async 'symlinks are followed'(write) {
    mkdirSync('far/away', { recursive: true });
    writeFileSync('far/file', 'old');
    symlinkSync('far/file', 'link');
    symlinkSync('link', 'second');
    symlinkSync('far/away', 'folder');
    symlinkSync('far/none-yet', 'dangling');
    symlinkSync('dangling', 'further');
    symlinkSync('loop', 'loop');
    await write('second', 'new');
    assert.ok(lstatSync('second').isSymbolicLink() && lstatSync('link').isSymbolicLink());
    assert.equal(text('far/file'), 'new');
    await write('further', 'made');
    assert.ok(lstatSync('dangling').isSymbolicLink() && lstatSync('further').isSymbolicLink());
    assert.equal(text('far/none-yet'), 'made');
    await write('folder/../beside', 'here'); // the kernel's "..", not the text's
    assert.equal(text('far/beside'), 'here');
    await assert.rejects(write('loop', 'x'), { code: 'ELOOP' });
  },
  async 'long names fit'(write) {
    const name = 'n'.repeat(250);
    await write(name, 'a');
    await write(name, 'b');
    assert.equal(text(name), 'b');
  },
  async 'paths and data of all kinds'(write, form) {
    await write(Buffer.from('buffer'), new Uint8Array([1, 2, 255]));
    assert.deepEqual([...readFileSync('buffer')], [1, 2, 255]);
    await write(pathToFileURL('url ä'), 'x', 'latin1');
    assert.equal(text('url ä'), 'x');
    await write('latin', 'é', 'latin1');
    await write('hex', 'ff00', { encoding: 'hex' });
    assert.deepEqual([[...readFileSync('latin')], [...readFileSync('hex')]], [[0xe9], [0xff, 0]]);
    await write('none', 'é', null);
    assert.equal(text('none'), 'é');
    if (form !== 'sync') {
      await write('parts', (async function* () { yield 'a'; yield 'b'; })());
      assert.equal(text('parts'), 'ab');
    }
  },
  async 'missing folders are made if that is asked for'(write) {
    await write('a/b/file', 'x', { parents: true });
    await write('a/b/file', 'y', { parents: true, encoding: 'utf8' });
    assert.equal(text('a/b/file'), 'y');
    await assert.rejects(write('c/file', 'x'), { code: 'ENOENT' });
  },
  async 'errors are those of fs.writeFile'(write, form) {
    mkdirSync('dir');
    await assert.rejects(write('dir', 'x'), { code: 'EISDIR' });
    await assert.rejects(write('no/such/folder', 'x'), { code: 'ENOENT' });
    await assert.rejects(write('typed', 7), { code: 'ERR_INVALID_ARG_TYPE', name: 'TypeError' });
    await assert.rejects(write(undefined, 'x'), { code: 'ERR_INVALID_ARG_TYPE', name: 'TypeError' });
    assert.ok(!existsSync('typed'));
    if (process.platform !== 'win32') {
      execFileSync('mkfifo', ['pipe']);
      await assert.rejects(write('pipe', 'x'), { code: 'EINVAL' });
    }
    if (process.getuid && form !== 'callback') { // as a user for whom permissions count
      writeFileSync('read-only', 'old');
      chmodSync('read-only', 0o444);
      chmodSync('.', 0o777);
      const writer = resolve('writer' + extname(process.argv[2]));
      copyFileSync(process.argv[2], writer);
      const name = form === 'sync' ? 'writeAtomicSync' : 'writeAtomic';
      const child = `import(process.argv[1]).then(async (w) => {
        await w.${name}('free', 'x');
        await w.${name}('read-only', 'x');
      }).catch((e) => console.log(e.code, e.path))`;
      const said = execFileSync(process.execPath, ['-e', child, pathToFileURL(writer).href], root ? { uid: 65534 } : {});
      assert.match(String(said), /^EACCES .*read-only\n$/);
      assert.equal(text('read-only'), 'old');
    }
  },
  async 'failure leaves the old file'(write, form) {
    if (form === 'sync') return;
    writeFileSync('kept', 'old');
    const broken = async function* () { yield 'half'; throw new RangeError('stop'); };
    await assert.rejects(write('kept', broken()), RangeError);
    await assert.rejects(write('never', broken()), RangeError);
    assert.ok(text('kept') === 'old' && !existsSync('never'));
  },
  async 'a backup is kept'(write, form) {
    const keep = form === 'sync' ? async (...args) => w.keepBackupSync(...args) : w.keepBackup;
    await assert.rejects(keep('state', 'state.bak'), { code: 'ENOENT' });
    for (const n of ['0', '1', '2']) {
      await write('state', n);
      await keep('state', 'state.bak');
      await keep('state', 'state.bak'); // again: both are one file
      assert.equal(statSync('state').ino, statSync('state.bak').ino);
    }
    await write('state', 'last');
    assert.deepEqual([text('state'), text('state.bak')], ['last', '2']);
    linkSync('state', 'another');
    await write('state', 'more');
    assert.equal(text('another'), 'last');
    if (existsSync('/dev/shm') && statSync('/dev/shm').dev !== statSync('.').dev) {
      const far = `/dev/shm/wholly-try-${process.pid}.bak`;
      chmodSync('state', 0o600);
      await keep('state', far); // no link goes there
      assert.deepEqual([text(far), bits(far)], ['more', 0o600]);
      execFileSync('rm', [far]);
    }
  },
  async 'many writers never mix'(write, form) {
    if (form === 'sync') return;
    const texts = [...'0123'].map((n) => n.repeat(50000));
    await Promise.all(Array.from({ length: 80 }, (_, i) => write('shared', texts[i % 4]).then(
      () => assert.ok(texts.includes(text('shared'))))));
  },
};

for (const [form, write] of Object.entries(forms)) {
  for (const [name, test] of Object.entries(tests)) {
    const folder = `${form} ${name}`;
    mkdirSync(folder);
    process.chdir(folder);
    const call = async (...args) => write(...args); // what is thrown at once is rejected
    try {
      await test(call, form);
    } catch (e) {
      e.message = `${folder}: ${e.message}`;
      throw e;
    }
    const left = readdirSync('.', { recursive: true }).filter((n) => String(n).includes('.wholly-'));
    assert.deepEqual(left, [], folder);
    process.chdir('..');
  }
}
console.log('ok', process.version);
