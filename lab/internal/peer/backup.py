# Serves requests at descriptor 3 (see child_linux.go) by the .bak pattern:
# a temp, the old file to .bak, the temp to the final name. The argument "sync"
# adds an fsync of the temp.
import base64, errno, json, os, sys, time

requests = os.fdopen(3, "rb")
SYNC = sys.argv[1:] == ["sync"]


def write(path, data, perm):
    temp, backup = path + ".tmp", path + ".bak"
    with open(temp, "wb", opener=lambda p, flags: os.open(p, flags, perm)) as f:
        f.write(data)
        if SYNC:
            f.flush()
            os.fsync(f.fileno())
    if os.path.exists(path):
        os.replace(path, backup)
    os.replace(temp, path)


def serve(line):
    ask = json.loads(line)
    path = os.fsdecode(base64.b64decode(ask["path"]))
    data = requests.read(ask["length"])
    begin = time.monotonic_ns()
    answer = {"ok": True}
    try:
        write(path, data, ask["perm"])
    except OSError as e:
        answer = {"error": errno.errorcode.get(e.errno, ""), "message": str(e)}
    except ValueError as e:
        answer = {"error": "", "message": str(e)}
    answer["ns"] = time.monotonic_ns() - begin
    return answer


def say(answer):
    os.write(3, json.dumps(answer).encode() + b"\n")


say({"ok": True})
while line := requests.readline():
    say(serve(line))
