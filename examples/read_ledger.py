"""Reads a ledger and checks every line of it, by docs/ledger-format.md: python3 read_ledger.py FOLDER (stops at accepted damage, too)"""
import base64, hashlib, json, pathlib, re, sys, zlib

LINE = re.compile(rb'(\{"seq":([0-9]+),.*),"h":"([\w-]{43})","c":"([0-9a-f]{8})"\}')
OPENING = re.compile(rb'\{"seq":([0-9]+),(?:.*"continues":"([\w-]{43})")?')

def crc(data): return "%08x" % zlib.crc32(data)
def sha(data): return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=")
def damage(path, line, why): sys.exit(f"{path}:{line}: {why}")
def opening(path, data): return OPENING.match(data) or damage(path, 1, "no ledger begins so")

live = pathlib.Path(sys.argv[1], "ledger.jsonl")
live_first, seq, h, ledger = int(opening(live, live.read_bytes())[1]), None, None, None
names = [path for path in sorted(live.parent.iterdir()) if re.fullmatch(r"ledger\.\d{16}\.jsonl", path.name)]
if names and int(names[-1].name[7:23]) > live_first: damage(live, 1, "an older copy: sealed segments go further")
for path in [path for path in names if int(path.name[7:23]) < live_first] + [live]:
    data, offset, junk, kind = path.read_bytes(), 0, None, None
    first, continues = int(opening(path, data)[1]), opening(path, data)[2] or b""
    if seq is None: seq, h = first - 1, continues  # the oldest segment that is here is believed about where it begins
    if continues != h or (path != live and int(path.name[7:23]) != first): damage(path, 1, "a segment is missing before it")
    lines = data.split(b"\n")  # behind the last newline there is nothing, or half a line
    for number, text in enumerate(lines, 1):
        line = number < len(lines) and len(text) < 16384 and LINE.fullmatch(text)
        if line and int(line[2]) == seq + 1 and crc(text[:-16]).encode() == line[4] and sha(h + line[1]) == line[3]:
            event = json.loads(text)
            seq, h, before, kind = seq + 1, line[3], kind, event["type"]
            if (number == 1) != (kind in ("LedgerOpened", "SegmentOpened")) or before == "SegmentSealed":
                damage(path, number, "a segment begins with its opening and ends with its seal")
            if number == 1 and event["data"]["format"] > 1: damage(path, 1, "a newer format than this program reads")
            if number == 1 and event["data"]["ledger"] != (ledger := ledger or event["data"]["ledger"]): damage(path, 1, "another ledger")
            between = data[junk[0] : offset - 1] if junk else b""
            found = [junk[0], len(between), crc(between)] if junk else None
            named = [event["data"][key] for key in ("offset", "length", "crc")] if kind == "TailSealed" else None
            if named != found: damage(path, junk[1] if junk else number, "junk and TailSealed do not fit each other")
            junk = None
            print(seq, event["at"], kind, event.get("credential", "-"))
        elif text or number < len(lines): junk = junk or (offset, number)
        offset += len(text) + 1
    if (junk and (path != live or junk[1] < len(lines))) or (path != live and kind != "SegmentSealed"):
        damage(path, junk[1] if junk else len(lines), "this is not a line that continues the one before it")
