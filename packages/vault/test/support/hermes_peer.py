#!/usr/bin/env python3
"""A program that shares hermes' `auth.json`, written after what is documented of hermes' files and locks.

It takes `flock(2)` on `auth.lock` beside the file (15 s at most, tried every 50 ms), reads the whole file, changes it,
and replaces it: a temporary file beside it, synced, renamed, mode 0600. For Nous it takes `shared/nous_auth.lock` too,
after the first lock, and the shared pair counts wherever it differs from the file's.

    hermes_peer.py AUTH_JSON read    PROVIDER                    prints the pair that hermes would use, as JSON
    hermes_peer.py AUTH_JSON rotate  PROVIDER ACCESS REFRESH     what hermes writes after a refresh
    hermes_peer.py AUTH_JSON bury    PROVIDER CODE REFRESH       what it writes after a terminal refusal of REFRESH
    hermes_peer.py AUTH_JSON add     PROVIDER ID ACCESS REFRESH  a row as `auth add` makes it
    hermes_peer.py AUTH_JSON remove  PROVIDER ID                 as `auth remove`: with its block, and suppressed
    hermes_peer.py AUTH_JSON cooldown PROVIDER ID                a bench in the row's status fields
    hermes_peer.py AUTH_JSON count   ROUNDS [PROVIDER ID]        ROUNDS times: a row's `request_count` goes up by one
    hermes_peer.py AUTH_JSON hold                                holds the locks until its input ends; prints `held`

Each prints one line of JSON when it is done. Exit 3: the lock was not had in time. `count` prints how often it wrote,
and how often the file held other tokens than at its last look: what another program did between.
"""

import contextlib
import fcntl
import json
import os
import sys
import time
from datetime import datetime, timezone

NOT_MANUAL = {"openai-codex": "device_code", "xai-oauth": "device_code", "nous": "device_code"}
NO_STATUS = {
    "last_status": None,
    "last_status_at": None,
    "last_error_code": None,
    "last_error_reason": None,
    "last_error_message": None,
    "last_error_reset_at": None,
}


def now():
    return datetime.now(timezone.utc)


@contextlib.contextmanager
def lock(path):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "a+") as file:
        deadline = time.monotonic() + 15
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    sys.exit(3)
                time.sleep(0.05)
        file.seek(0)
        file.truncate()
        file.write(str(os.getpid()))
        file.flush()
        yield


def read(path):
    try:
        with open(path, encoding="utf-8") as file:
            return json.load(file)
    except FileNotFoundError:
        return {"version": 1, "providers": {}}


def write(path, value):
    temporary = f"{path}.tmp.{os.getpid()}"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(json.dumps(value, indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    folder = os.open(os.path.dirname(path), os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


class Hermes:
    def __init__(self, path):
        self.path = path
        folder = os.path.dirname(path)
        self.lock_path = os.path.join(folder, "auth.lock")
        shared = os.environ.get("HERMES_SHARED_AUTH_DIR") or os.path.join(folder, "shared")
        self.shared_path = os.path.join(shared, "nous_auth.json")

    @contextlib.contextmanager
    def locked(self, provider=None):
        with lock(self.lock_path):
            if provider != "nous":
                yield
                return
            with lock(self.shared_path.replace(".json", ".lock")):
                yield

    @contextlib.contextmanager
    def changing(self, provider=None):
        with self.locked(provider):
            file = read(self.path)
            yield file
            file["updated_at"] = now().isoformat()
            write(self.path, file)

    def pair(self, file, provider):
        """The pair of the block, brought up to date by what profiles share."""
        block = file.get("providers", {}).get(provider, {})
        tokens = block if provider == "nous" else block.get("tokens", {})
        if provider == "nous" and os.path.exists(self.shared_path):
            shared = read(self.shared_path)
            if shared.get("refresh_token") and shared["refresh_token"] != tokens.get("refresh_token"):
                tokens = shared
        return {"access_token": tokens.get("access_token"), "refresh_token": tokens.get("refresh_token")}

    def rotate(self, file, provider, access, refresh):
        stamp = now().isoformat()
        pair = {"access_token": access, "refresh_token": refresh}
        before = self.pair(file, provider)
        block = file.setdefault("providers", {}).setdefault(provider, {})
        block.pop("last_auth_error", None)
        if provider == "nous":
            block.update(pair, agent_key=access, obtained_at=stamp)
            write(self.shared_path, {**read(self.shared_path), "_schema": 1, **pair, "obtained_at": stamp})
        else:
            block.setdefault("tokens", {}).update(pair)
            block["last_refresh"] = stamp.replace("+00:00", "Z")
        for row in self.rows(file, provider):
            if row.get("source") == NOT_MANUAL.get(provider) or row.get("refresh_token") == before["refresh_token"]:
                row.update(pair, last_refresh=stamp.replace("+00:00", "Z"), **NO_STATUS)

    def bury(self, file, provider, code, refresh):
        """Only if the file still holds the token that was refused."""
        block = file.get("providers", {}).get(provider, {})
        tokens = block if provider == "nous" else block.get("tokens", {})
        if tokens.get("refresh_token") not in (None, refresh):
            return False
        for name in ("access_token", "refresh_token", "agent_key"):
            tokens.pop(name, None)
        block["last_auth_error"] = {
            "provider": provider,
            "code": code,
            "message": "",
            "reason": "credential_pool_refresh_failure",
            "relogin_required": True,
            "at": now().isoformat(),
        }
        rows = [row for row in self.rows(file, provider) if row.get("source") != NOT_MANUAL.get(provider)]
        file.setdefault("credential_pool", {})[provider] = rows
        if provider == "nous" and os.path.exists(self.shared_path):
            os.unlink(self.shared_path)
        return True

    def add(self, file, provider, identifier, access, refresh):
        file.get("suppressed_sources", {}).pop(provider, None)
        rows = file.setdefault("credential_pool", {}).setdefault(provider, [])
        row = {"id": identifier, "label": identifier, "auth_type": "oauth", "priority": len(rows)}
        rows.append({**row, "source": "manual:device_code", "access_token": access, "refresh_token": refresh, **NO_STATUS})

    def remove(self, file, provider, identifier):
        gone = [row for row in self.rows(file, provider) if row["id"] == identifier]
        file.setdefault("credential_pool", {})[provider] = [
            row for row in self.rows(file, provider) if row["id"] != identifier
        ]
        if any(row["source"].endswith("device_code") for row in gone):
            file.get("providers", {}).pop(provider, None)
            file.setdefault("suppressed_sources", {}).setdefault(provider, []).append("device_code")

    def rows(self, file, provider):
        return file.get("credential_pool", {}).get(provider, [])

    def row(self, file, provider, identifier):
        return next(row for row in self.rows(file, provider) if row["id"] == identifier)


def count(hermes, rounds, provider, identifier):
    writes, moves, last = 0, 0, None
    for _ in range(rounds):
        with hermes.changing(provider) as file:
            row = hermes.row(file, provider, identifier)
            row["request_count"] = row.get("request_count", 0) + 1
            seen = hermes.pair(file, provider)
            moves += last is not None and seen != last
            last = seen
            writes += 1
    return {"writes": writes, "moves": moves}


def main(path, command, *arguments):
    hermes = Hermes(os.path.abspath(path))
    if command == "read":
        return hermes.pair(read(hermes.path), *arguments)
    if command == "hold":
        with hermes.locked("nous"):
            print("held", flush=True)
            sys.stdin.read()
        return {"done": command}
    if command == "count":
        rounds, provider, identifier = (*arguments, "openai-codex", "aaaaaa")[:3]
        return count(hermes, int(rounds), provider, identifier)
    with hermes.changing(arguments[0]) as file:
        if command == "cooldown":
            row = hermes.row(file, *arguments)
            row.update(last_status="exhausted", last_status_at=time.time(), last_error_code=429)
            return {"done": command}
        answer = getattr(hermes, command)(file, *arguments)
        return {"done": command if answer is not False else None}


print(json.dumps(main(*sys.argv[1:])), flush=True)
