#!/usr/bin/env python3
"""Checks that a polling table was published with these figures in a signed checkpoint.

    python3 check_proof.py TABLE.tlog-proof KEY
    python3 check_proof.py TABLE proofs.jsonl checkpoint KEY

The second form takes the proof of the table with this id out of a bundle's files.
KEY is the publisher's public key, from a source you trust other than the proof:
a file or a text, either `ssh-ed25519 AAAA...` or `name+hash+base64`.

Needs Python 3.6 or later with its standard library, and the openssl program (3.0
or later). Everything is in this file: read it before you run it.

Exit status: 0 holds, 1 does not hold, 2 usage, 3 openssl is missing or too old.
"""

import base64
import binascii
import hashlib
import json
import os
import re
import subprocess
import sys
import tempfile

HEADER = "c2sp.org/tlog-proof@v1"
LARGEST = 1024 * 1024
WHAT_IT_SHOWS = """
This shows only that the holder of the key published the table with these figures
in this checkpoint. It does not show that nothing was published about the table
later, nor that the figures are in the total: tallyproof verify shows that.
Compare the checkpoint's hash with the one others were shown.

Esto solo muestra que quien tiene la clave publicó la mesa con estas cifras en
este punto de control. No muestra que después no se publicara otra cosa sobre la
mesa, ni que las cifras estén en el total: eso lo muestra tallyproof verify.
Compare el hash del punto de control con el que se mostró a otros."""


class Fails(Exception):
    """The proof does not hold, and why."""


def unbase64(text, what, size=None):
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError):
        raise Fails(what + " is not base64")
    if base64.b64encode(raw).decode() != text:
        raise Fails(what + " is not canonical base64")
    if size is not None and len(raw) != size:
        raise Fails("%s has %d bytes, not %d" % (what, len(raw), size))
    return raw


def number(text, what):
    if not re.fullmatch(r"0|[1-9][0-9]{0,18}", text):
        raise Fails(what + " is not a plain number")
    return int(text)


def plain_name(name, what):
    if not name or len(name.encode()) > 255 or re.search(r"[\s\x00-\x1f\x7f-\x9f+]", name):
        raise Fails(what + " is not a plain name")
    return name


def read_key(text):
    """A public key's name (None where it has none) and its 32 bytes."""
    text = text.strip("\n")
    if text.startswith("ssh-ed25519 "):
        blob = unbase64(text.split(" ")[1], "the key")
        head = b"\0\0\0\x0bssh-ed25519\0\0\0\x20"
        if len(blob) != len(head) + 32 or not blob.startswith(head):
            raise Fails("the key is not an Ed25519 key")
        return None, blob[len(head):]
    parts = text.split("+", 2)
    if len(parts) != 3:
        raise Fails("the key is neither an ssh-ed25519 line nor name+hash+base64")
    raw = unbase64(parts[2], "the key", 33)
    if raw[0] != 1 or parts[1] != key_id(parts[0], raw[1:]).hex():
        raise Fails("the key is not a log's Ed25519 key, or its hash is not its own")
    return plain_name(parts[0], "the key's name"), raw[1:]


def key_id(name, key):
    return hashlib.sha256(name.encode() + b"\n\x01" + key).digest()[:4]


def read_proof(text):
    """The parts of a proof file; every line is accounted for."""
    if re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text) or not text.endswith("\n"):
        raise Fails("the file is not plain lines")
    parts = text.split("\n\n")
    if len(parts) != 3:
        raise Fails("the file does not have its three parts")
    head, note, signatures = (part.split("\n") for part in parts)
    if head[0] != HEADER:
        raise Fails("the file does not begin with " + HEADER)
    if len(head) < 3 or not head[1].startswith("extra ") or not head[2].startswith("index "):
        raise Fails("the file lacks its extra or index line")
    leaf = unbase64(head[1][len("extra "):], "the event")
    index = number(head[2][len("index "):], "the index")
    path = [unbase64(line, "hash %d" % (i + 1), 32) for i, line in enumerate(head[3:])]
    if len(note) < 3 or "" in note:
        raise Fails("the checkpoint has too few lines")
    origin = plain_name(note[0], "the origin")
    size = number(note[1], "the tree size")
    root = unbase64(note[2], "the root", 32)
    if signatures[-1] != "":
        raise Fails("the last signature line has no end")
    signed = [signature(line) for line in signatures[:-1]]
    if len(signed) != len({(name, raw[:4]) for name, raw in signed}):
        raise Fails("a key signed twice")
    return leaf, index, path, origin, size, root, signed, "\n".join(note) + "\n"


def signature(line):
    match = re.fullmatch("\u2014 ([^ ]+) ([^ ]+)", line)
    if not match:
        raise Fails("a signature line is not in its form")
    raw = unbase64(match.group(2), "a signature")
    if len(raw) < 5:
        raise Fails("a signature is too short")
    return plain_name(match.group(1), "a signature's name"), raw


def root_of(leaf, index, size, path):
    """Where the path leads (RFC 9162, 2.1.3.2); None when it is too long or too short."""
    if index >= size:
        return None
    fn, sn = index, size - 1
    node = hashlib.sha256(b"\0" + leaf).digest()
    for sibling in path:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            node = hashlib.sha256(b"\1" + sibling + node).digest()
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            node = hashlib.sha256(b"\1" + node + sibling).digest()
        fn, sn = fn >> 1, sn >> 1
    return node if sn == 0 else None


def check_signature(key, message, raw):
    """Ed25519 with OpenSSL, which needs the key as DER (RFC 8410) in PEM."""
    der = bytes.fromhex("302a300506032b6570032100") + key
    pem = "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n" % base64.b64encode(der).decode()
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for name, content in (("key", pem.encode()), ("text", message), ("sig", raw)):
            names[name] = os.path.join(folder, name)
            with open(names[name], "wb") as out:
                out.write(content)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", names["key"],
                   "-rawin", "-in", names["text"], "-sigfile", names["sig"]]
        try:
            ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        except OSError as error:
            print("openssl cannot be run: %s" % error, file=sys.stderr)
            sys.exit(3)
    if b"rawin" in ran.stderr:
        print("this openssl is too old: 3.0 or later is needed", file=sys.stderr)
        sys.exit(3)
    return ran.returncode == 0


def read_event(leaf, index):
    """The event's body, when the leaf is a table's publication at its place."""
    try:
        event = json.loads(leaf.decode(), object_pairs_hook=without_repeats)
        body = event["body"]
        good = event["kind"] == "table.published" and event["seq"] == index + 1
        good = good and isinstance(body["table"], str)
    except (ValueError, KeyError, TypeError, RecursionError):
        good = False
    if not good:
        raise Fails("the event does not publish a table at this place")
    return body


def without_repeats(pairs):
    """An object; one that names a member twice says two things at once."""
    if len(pairs) != len(dict(pairs)):
        raise ValueError("a member stands twice")
    return dict(pairs)


def shown(value):
    """A value on one harmless line."""
    return json.dumps(value, ensure_ascii=True)


def check(proof, key_text, table=None):
    name, key = read_key(key_text)
    leaf, index, path, origin, size, root, signed, note = read_proof(proof)
    if name is not None and name != origin:
        raise Fails("the checkpoint is of %s, the key of %s" % (shown(origin), shown(name)))
    wanted = (origin, key_id(origin, key))
    ours = [raw[4:] for who, raw in signed if (who, raw[:4]) == wanted]
    if not ours:
        raise Fails("the checkpoint is not signed by this key")
    if len(ours[0]) != 64 or not check_signature(key, note.encode(), ours[0]):
        raise Fails("the signature of the checkpoint does not verify")
    if root_of(leaf, index, size, path) != root:
        raise Fails("the event is not in the checkpoint's tree")
    body = read_event(leaf, index)
    if table is not None and body["table"] != table:
        raise Fails("the event publishes another table, %s" % shown(body["table"]))
    print("holds: event %d of %d, log %s" % (index + 1, size, shown(origin)))
    print("checkpoint SHA-256: " + hashlib.sha256(note.encode()).hexdigest())
    for member in sorted(body):
        if isinstance(body[member], dict):
            for inner in sorted(body[member]):
                print("  %s %s: %s" % (member, shown(inner), shown(body[member][inner])))
        else:
            print("  %s: %s" % (member, shown(body[member])))
    print(WHAT_IT_SHOWS)


def read_text(path, most):
    """A file of at most so many bytes, as text."""
    with open(path, "rb") as file:
        raw = file.read(most + 1)
    if len(raw) > most:
        raise Fails("%s is too large" % path)
    return raw.decode()


def proof_of(table, lines, checkpoint):
    """The proof file of a table, from a bundle's lines of proofs and its checkpoint."""
    found = None
    with open(lines, "rb") as file:
        while True:
            raw = file.readline(LARGEST + 1)
            if not raw:
                break
            if len(raw) > LARGEST:
                raise Fails("a line of %s is too long" % lines)
            try:
                line = json.loads(raw.decode(), object_pairs_hook=without_repeats)
                is_it = line["table"] == table
                parts = [line["event"].encode(), line["index"], list(line["hashes"])]
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                raise Fails("a line of %s is not as a proof is written" % lines)
            if is_it and found:
                raise Fails("the table has two proofs")
            found = parts if is_it else found
    if not found:
        raise Fails("%s has no proof of the table %s" % (lines, shown(table)))
    event, index, hashes = found
    head = [HEADER, "extra " + base64.b64encode(event).decode(), "index %s" % index]
    return "\n".join(head + [str(text) for text in hashes]) + "\n\n" + read_text(checkpoint, 64 * 1024)


def main(arguments):
    if len(arguments) not in (2, 4):
        print(__doc__.strip(), file=sys.stderr)
        return 2
    key = arguments[-1]
    try:
        if os.path.exists(key):
            key = read_text(key, 4096)
        if len(arguments) == 2:
            check(read_text(arguments[0], LARGEST), key)
        else:
            check(proof_of(*arguments[:3]), key, arguments[0])
    except Fails as why:
        print("DOES NOT HOLD: %s" % why, file=sys.stderr)
        return 1
    except UnicodeDecodeError:
        print("DOES NOT HOLD: the file is not text", file=sys.stderr)
        return 1
    except OSError as error:
        print("cannot be read: %s" % error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")
    sys.exit(main(sys.argv[1:]))
