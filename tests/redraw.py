"""Draws a sample again, from the frame and the seed alone: the other side of `onus sample`.

Written from docs/sampling.md; standard library only. It reads the frame's event ids from standard input, one a
line, in the order of the ledger, and prints the ids drawn, in the order of their tickets.

    onus sample --frame --agency police:norfolk --format csv | cut -d, -f5 | tail -n +2 > frame.txt
    python3 redraw.py --size 6 --seed 6e6f72666f6c6b < frame.txt

Without --seed the seed is made from a frame definition, a checkpoint and a public value:

    python3 redraw.py --size 6 --definition frame.def --checkpoint checkpoint.txt --public TEXT < frame.txt
"""

import argparse
import hashlib
import sys


def sha256_hex(text):
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def derived_seed(definition, checkpoint, public):
    body = checkpoint.split("\n\n", 1)[0].rstrip("\n") + "\n"
    version = "v1" if definition.startswith("kind AttendanceDecided\n") else "v2"
    return sha256_hex("onus sample " + version + "\n" + definition + "\n" + body + "\n" + public)


def ticket(seed, event_id):
    number = int(sha256_hex(sha256_hex(seed) + event_id), 16)
    return "".join(reversed(f"{number:064d}"))


def draw(seed, frame, size):
    tickets = [(ticket(seed, event_id), place, event_id) for place, event_id in enumerate(frame)]
    return [event_id for _, _, event_id in sorted(tickets)[:size]]


def text_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def main():
    options = argparse.ArgumentParser(description="Draw a sample of an Onus ledger again.")
    options.add_argument("--size", type=int, required=True)
    options.add_argument("--seed", help="hexadecimal digits, lower case")
    options.add_argument("--definition", help="a file with the frame's definition")
    options.add_argument("--checkpoint", help="a file with the checkpoint")
    options.add_argument("--public", default="", help="the public value")
    given = options.parse_args()
    seed = given.seed
    if seed is None:
        seed = derived_seed(text_of(given.definition), text_of(given.checkpoint), given.public)
    frame = [line.strip() for line in sys.stdin if line.strip()]
    print("\n".join(draw(seed, frame, given.size)))


if __name__ == "__main__":
    main()
