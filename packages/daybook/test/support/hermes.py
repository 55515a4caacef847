"""Another program on the same auth.json, which does with it what hermes is known to do: the lock from the re-read to the
store, the request included; a new pair to its row first and then to the login's block; a pool written as a whole, over
which newer pairs and foreign rows on disk win.

Arguments: auth.json, token endpoint. Goes on until its standard input ends; then prints what it did as JSON."""
import contextlib, fcntl, json, os, random, select, sys, time, urllib.error, urllib.parse, urllib.request
from datetime import datetime, timezone

path, endpoint = sys.argv[1:3]
provider = "openai-codex"
pair = ("access_token", "refresh_token")
did = {"writes": 0, "refreshed": 0, "adopted": 0, "busy": 0, "refused": [], "lost": []}
rows = {}  # the pool as last seen, by id
written = {}  # what this program counted, as it must still stand in the file


class Busy(Exception):
    pass


@contextlib.contextmanager
def locked():
    with open(os.path.join(os.path.dirname(path), "auth.lock"), "a+") as lock:
        until = time.monotonic() + 15
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > until:
                    raise Busy()
                time.sleep(0.05)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def load():
    with open(path) as file:
        return json.load(file)


def counts(store):
    """All that only this program changes: a field of its own, and how often it used each row."""
    return {"": store.get("hermes_writes", 0), **{row["id"]: row.get("request_count", 0) for row in pool(store)}}


def pool(store):
    return store["credential_pool"][provider]


def reread():
    store = load()
    if written and counts(store) != written:
        did["lost"].append([written.copy(), counts(store)])
    return store


def save(store):
    did["writes"] += 1
    store["hermes_writes"] = did["writes"]
    store["updated_at"] = now()
    temporary = f"{path}.tmp.{os.getpid()}"
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(store, file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
    written.update(counts(store))


def now():
    return datetime.now(timezone.utc).isoformat().replace("+00:00", "Z")


def refreshed_at(place):
    said = place.get("last_refresh")
    return datetime.fromisoformat(said.replace("Z", "+00:00")).timestamp() if said else 0


def differs(one, other):
    return any(one.get(key) != other.get(key) for key in pair)


def persist(store, seen):
    """The whole pool, merged over what is on disk: a pair that this program has not seen stays, as do unknown rows."""
    for row in pool(store):
        ours = rows.get(row["id"])
        if ours is None:
            continue
        newer = {key: row.get(key) for key in (*pair, "last_refresh")} if differs(row, seen[row["id"]]) else {}
        did["adopted"] += len(newer) > 0
        row.update({**ours, **newer})
        rows[row["id"]] = dict(row)
    save(store)


def sync(store):
    """Takes the pair of the login's block for its row, unless that is known to be older."""
    block, row = store["providers"][provider], rows["main"]
    if not differs(block["tokens"], row) or refreshed_at(block) < refreshed_at(row):
        return False
    row.update({key: block["tokens"].get(key) for key in pair}, last_refresh=block.get("last_refresh"))
    did["adopted"] += 1
    return True


def refresh():
    with locked():
        store, seen = reread(), {id: dict(row) for id, row in rows.items()}
        sync(store)
        store = reread()
        sync(store)
        row = rows["main"]
        try:
            answer = post(row["refresh_token"])
        except urllib.error.HTTPError as error:
            if not sync(reread()):
                did["refused"].append(json.load(error))
            return
        did["refreshed"] += 1
        seen["main"] = {key: row[key] for key in pair}
        row.update({key: answer.get(key, row[key]) for key in pair}, last_refresh=now(), **healthy)
        persist(store, seen)
        block = store["providers"][provider]
        block["tokens"].update({key: row[key] for key in pair})
        block["last_refresh"] = row["last_refresh"]
        save(store)


healthy = dict.fromkeys(
    f"last_{name}"
    for name in ("status", "status_at", "error_code", "error_reason", "error_message", "error_reset_at")
)


def post(refresh_token):
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": "app_EMoamEEZ73f0CkXaXp7hrann"}
    request = urllib.request.Request(
        endpoint,
        data=urllib.parse.urlencode(form).encode(),
        headers={"Accept": "application/json", "x-sandbox-client": "hermes"},
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        return json.load(answer)


def write_pool():
    with locked():
        persist(reread(), {id: dict(row) for id, row in rows.items()})


rows.update({row["id"]: row for row in pool(load())})
print("ready", flush=True)
while not select.select([sys.stdin], [], [], random.uniform(0.02, 0.12))[0]:
    used = rows[random.choice(list(rows))]
    used["request_count"] = used.get("request_count", 0) + 1
    try:
        random.choice([refresh, write_pool])()
    except Busy:
        did["busy"] += 1
with locked():
    store = reread()
    sync(store)
print(json.dumps({**did, "counts": written, "token": rows["main"]["access_token"]}), flush=True)
