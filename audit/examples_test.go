package audit_test

// The examples of the catalogue are as short as can be. Here is what stands
// before, after and beside them, so that they are whole: by rule, language and,
// where they differ, the half.

const (
	pyWriter = `

import errno


def atomic_write(path, data, *, mode=None, encoding="utf-8"):
    """Replace path with data; afterwards it is wholly old or wholly new."""
    path = os.path.realpath(path)                            # write through a symlink
    try:
        old = os.stat(path)
    except FileNotFoundError:
        old = None
    if old and not stat.S_ISREG(old.st_mode):
        raise OSError(errno.EINVAL, "not a regular file", path)
    if isinstance(data, str):
        data = data.encode(encoding)                         # fails before anything is touched
    if mode is None:
        mode = stat.S_IMODE(old.st_mode) if old else 0o666   # new files: the umask decides
    folder = os.path.dirname(path)
    tmp = os.path.join(folder, f".wholly-{os.getpid()}-{secrets.token_hex(6)}.tmp")
    fd = os.open(tmp, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(fd, "wb") as f:
            f.write(data)
            f.flush()
            if old and hasattr(os, "fchmod"):
                os.fchmod(f.fileno(), mode)
            os.fsync(f.fileno())
        os.replace(tmp, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(tmp)
        raise
    if os.name == "posix":
        d = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(d)
        finally:
            os.close(d)
`
	jsWriter = `
import { realpath, stat, unlink } from 'node:fs/promises';
import { resolve } from 'node:path';
import { randomBytes } from 'node:crypto';

const orNull = e => { if (e.code === 'ENOENT') return null; throw e; };

// Replaces path with data; afterwards it is wholly old or wholly new.
export async function writeAtomic(path, data, { mode } = {}) {
  const target = (await realpath(path).catch(orNull)) ?? resolve(path);
  const old = await stat(target).catch(orNull);
  if (old && !old.isFile()) throw new Error('not a regular file: ' + target);
  const bits = mode ?? (old ? old.mode & 0o777 : 0o666);
  const tmp = join(dirname(target), '.wholly-' + process.pid + '-' + randomBytes(6).toString('hex') + '.tmp');
  const f = await open(tmp, 'wx', bits);
  try {
    try {
      await f.writeFile(data);
      if (old) await f.chmod(bits);
      await f.sync();
    } finally {
      await f.close();
    }
    await rename(tmp, target);
  } catch (e) {
    await unlink(tmp).catch(() => {});
    throw e;
  }
  if (process.platform !== 'win32') {
    const d = await open(dirname(target));
    try { await d.sync(); } finally { await d.close(); }
  }
}
`
	goWriter = `
func Save(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".save-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if _, err := f.Write(b); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
`
	goTemp   = "if err := os.WriteFile(tmp, b, 0o600); err != nil {\n\treturn err\n}\n"
	goSynced = "f, err := os.CreateTemp(filepath.Dir(path), \".s-*\")\nif err != nil {\n\treturn err\n}\ntmp = f.Name()\n" +
		"if _, err := f.Write(b); err != nil {\n\treturn err\n}\nif err := f.Sync(); err != nil {\n\treturn err\n}\n"
	goOpen    = "f, err := os.Create(path)\nif err != nil {\n\treturn err\n}\nif _, err := f.Write(b); err != nil {\n\treturn err\n}\n"
	goRename  = "err = os.Rename(tmp, path)\n"
	goRead    = "\nfunc readIt(path string) ([]byte, error) { return os.ReadFile(path) }\n"
	pyTemp    = "tmp.write_text(text)\n"
	pySynced  = "with open(tmp, 'w', encoding='utf-8') as f:\n    f.write(text)\n    f.flush()\n    os.fsync(f.fileno())\n"
	pyFd      = "fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)\nos.write(fd, text)\n"
	pyReplace = "os.replace(tmp, path)\n"
	jsTemp    = "await writeFile(tmp, text);\n"
	jsSynced  = "await writeFile(tmp, text, { flush: true });\n"
	jsHandle  = "const handle = await open(tmp, 'w');\nawait handle.writeFile(text);\n"
	jsRename  = "await rename(tmp, path);\n"
)

var setup = map[string]string{
	"mixed-writers/go":                      "idPath = \"id\"\n",
	"mixed-writers/python":                  "ID = Path('id')\nnew_id = text\n",
	"mixed-writers/javascript":              "const idPath = 'id', id = text;\n",
	"bypasses-own-writer/go":                "path = \"a.json\"\n",
	"bypasses-own-writer/python":            "path = Path('a.json')\n",
	"bypasses-own-writer/javascript":        "path = 'a.json';\n",
	"no-commit-point/python":                "cert_path, key_path = Path('cert.pem'), Path('key.pem')\n",
	"no-commit-point/javascript":            "const certPath = 'cert.pem', keyPath = 'key.pem';\n",
	"torn-append/javascript":                "const log = 'a.log';\n",
	"copy-over-target/python":               pyTemp,
	"copy-over-target/go":                   goTemp + "staged, err := os.Open(tmp)\n",
	"copy-over-target/javascript":           jsTemp,
	"partial-taken-for-complete/go":         "if _, err := os.Stat(dest); err == nil {\n\treturn nil\n}\n",
	"partial-taken-for-complete/javascript": "if (existsSync(dest)) return;\n",
	"torn-append/python":                    "log = open(path, 'a')\n",
	"torn-append/go":                        "log, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)\n",
	"dir-not-synced/python":                 pySynced,
	"dir-not-synced/go":                     goSynced,
	"dir-not-synced/javascript":             jsSynced,
	"sync-misplaced/python":                 "f = open(tmp, 'w')\n",
	"sync-misplaced/go":                     "f, err := os.Create(tmp)\nw := bufio.NewWriter(f)\n",
	"sync-misplaced/javascript":             jsHandle,
	"sync-retried/python":                   pyFd,
	"sync-retried/go":                       goOpen,
	"write-error-dropped/python":            pyFd,
	"write-error-dropped/go":                goOpen,
	"write-error-dropped/javascript":        jsHandle,
	"rename-without-sync/python/good":       "f = open(tmp, 'w')\n",
	"rename-without-sync/go/good":           "f, err := os.Create(tmp)\n",
	"missing-file-window/python":            pyTemp,
	"missing-file-window/go/bad":            goTemp,
	"missing-file-window/javascript":        jsTemp,
	"backup-never-read/python":              pyTemp,
	"backup-never-read/go":                  goTemp,
	"backup-never-read/javascript":          jsTemp,
	"temp-left-on-error/python/good":        pyTemp,
	"temp-left-on-error/go":                 goTemp,
	"temp-left-on-error/javascript":         jsTemp,
}

var tail = map[string]string{
	"fixed-temp-name/python":                 pyTemp + pyReplace,
	"fixed-temp-name/go/bad":                 goTemp + goRename,
	"fixed-temp-name/go/good":                "_, err = f.Write(b)\nerr = os.Rename(f.Name(), path)\n",
	"fixed-temp-name/javascript/bad":         jsTemp + jsRename,
	"fixed-temp-name/javascript/good":        "await writeFile(own, text);\nawait rename(own, path);\n",
	"temp-on-another-device/javascript/bad":  jsTemp + jsRename,
	"temp-on-another-device/javascript/good": "await writeFile(beside, text);\nawait rename(beside, path);\n",
	"sync-misplaced/python":                  pyReplace,
	"sync-misplaced/go":                      goRename,
	"write-error-dropped/javascript":         jsRename,
	"backup-never-read/python/bad":           pyReplace,
	"backup-never-read/go/bad":               goRename,
	"backup-never-read/javascript/bad":       jsRename,
}

var beside = map[string]string{
	"truncate-in-place/python":       pyWriter,
	"truncate-in-place/javascript":   jsWriter,
	"mixed-writers/python":           pyWriter,
	"mixed-writers/javascript":       jsWriter,
	"no-commit-point/python":         pyWriter,
	"no-commit-point/javascript":     jsWriter,
	"bypasses-own-writer/go":         goWriter + "\nfunc readIt() ([]byte, error) { return os.ReadFile(\"a.json\") }\n",
	"bypasses-own-writer/python":     pyWriter + "\n\ndef read_it():\n    return Path('a.json').read_text()\n",
	"bypasses-own-writer/javascript": jsWriter + "\nasync function readIt() { return await readFile('a.json', 'utf8'); }\n",
}

// alone are examples that say what they mean only beside other files or other
// people's functions; the cases in testdata hold them whole.
var alone = map[string]string{
	"sync-retried/javascript":           "the helper that retries is another project's",
	"replace-drops-metadata/python":     "a guard of our own fixes",
	"replace-drops-metadata/go":         "a guard of our own fixes",
	"replace-drops-metadata/javascript": "a guard of our own fixes",
}
