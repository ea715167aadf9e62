"""Lecture 8: byte-pair encoding by counting all pairs anew for each merge, with NumPy; texts are ASCII where a pattern cuts.

    tokenizer.py FILE     (a python3 with tokenizers and tiktoken): these two beside what is here, on a text
"""
import pathlib
import re
import sys

import numpy as np

LETTER, OTHER = r"[^\W\d_]", r"(?:[^\s\w]|_)"
GPT2 = rf"'(?:[sdmt]|ll|ve|re)| ?{LETTER}+| ?\d+| ?{OTHER}+|\s+(?!\S)|\s+"
GPT4 = (rf"'(?i:[sdmt]|ll|ve|re)|(?:[^\r\n\w]|_)?+{LETTER}+|\d{{1,3}}| ?{OTHER}++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+")
PATTERNS = {"basic": None, "gpt2": GPT2, "gpt4": GPT4}
BREAK = -1  # between chunks
SIZES = (256, 512, 1024, 2048, 4096)
SHOWN = ("First Citizen:", "hello world!!!? lol123")


def chunks(pattern, text):
    return re.findall(pattern, text) if pattern else [text]


def weighted(pattern, text):
    """The ids of the different chunks, in the order in which they are met, and how often the text has each's id."""
    counts = {}
    for chunk in chunks(pattern, text):
        counts[chunk] = counts.get(chunk, 0) + 1
    ids, weights = [], []
    for chunk, count in counts.items():
        raw = list(chunk.encode()) + [BREAK]
        ids += raw
        weights += [count] * len(raw)
    return np.array(ids, np.int64), np.array(weights, np.int64)


def places_to_merge(ids, pair):
    at = np.flatnonzero((ids[:-1] == pair[0]) & (ids[1:] == pair[1]))
    if pair[0] != pair[1] or len(at) == 0:
        return at
    run_starts = np.flatnonzero(np.diff(at, prepend=-2) != 1)  # of "aaa" only the first and second
    in_run = np.arange(len(at)) - np.repeat(run_starts, np.diff(np.append(run_starts, len(at))))
    return at[in_run % 2 == 0]


def merged(ids, weights, pair, new):
    at = places_to_merge(ids, pair)
    ids = ids.copy()
    ids[at] = new
    keep = np.ones(len(ids), bool)
    keep[at + 1] = False
    return ids[keep], weights[keep]


def train(pattern, text, size):
    """[(left, right, count)], and how many tokens the text has after 0, 1, 2, ... merges."""
    return learn(*weighted(pattern, text), range(256, size))


def learn(ids, weights, new_ids):
    size = new_ids.stop
    merges, lengths = [], [int(weights[ids != BREAK].sum())]
    for new in new_ids:
        there = np.flatnonzero((ids[:-1] != BREAK) & (ids[1:] != BREAK))
        if len(there) == 0:
            break
        keys, first, of = np.unique(ids[there] * size + ids[there + 1], return_index=True, return_inverse=True)
        counts = np.bincount(of, weights[there]).astype(np.int64)
        best = min(np.flatnonzero(counts == counts.max()), key=lambda k: first[k])
        pair = (int(keys[best]) // size, int(keys[best]) % size)
        merges.append((*pair, int(counts[best])))
        ids, weights = merged(ids, weights, pair, new)
        lengths.append(int(weights[ids != BREAK].sum()))
    return merges, lengths


def encode_chunk(ids, merges, first=256):
    ranks = {(left, right): rank for rank, (left, right, _) in enumerate(merges)}
    while len(ids) > 1:
        rank = min(ranks.get(pair, len(merges)) for pair in zip(ids, ids[1:]))
        if rank == len(merges):
            break
        out, at = [], 0
        while at < len(ids):
            is_pair = ranks.get(tuple(ids[at:at + 2])) == rank
            out.append(first + rank if is_pair else ids[at])
            at += 2 if is_pair else 1
        ids = out
    return ids


def encode(pattern, text, merges):
    return [i for chunk in chunks(pattern, text) for i in encode_chunk(list(chunk.encode()), merges)]


def by_characters(text, size):
    """The ids of the characters beyond ASCII, most frequent first, of equals in code order, and the merges."""
    counts = {}
    for character in sorted(text):
        if ord(character) >= 128:
            counts[character] = counts.get(character, 0) + 1
    characters = {c: 256 + i for i, c in enumerate(sorted(counts, key=lambda c: -counts[c]))}
    ids = np.array([characters.get(c, ord(c)) for c in text] + [BREAK])
    return characters, learn(ids, np.ones(len(ids), np.int64), range(256 + len(characters), size))[0]


def joined(ids):
    return " ".join(map(str, ids))


def vocabulary(merges):
    tokens = [bytes([i]) for i in range(256)]
    for left, right, _ in merges:
        tokens.append(tokens[left] + tokens[right])
    return tokens


def kind(table, setup, name, text, size):
    pattern = PATTERNS[name]
    merges, lengths = train(pattern, text, size)
    shown = merges[:256]
    table.add(setup, f"{name}: first merges", ", ".join(f"{a} {b}" for a, b, _ in shown[:10]), "E")
    table.add(setup, f"{name}: merge {255 + len(shown)}", "{} {}".format(*shown[-1][:2]), "E")
    table.add(setup, f"{name}: tokens", lengths[len(shown)], "E")
    table.add(setup, f"{name}: bytes per token", len(text.encode()) / lengths[len(shown)], "D")
    for piece in SHOWN:
        table.add(setup, f"{name}: {piece}", joined(encode(pattern, piece, shown)), "E")
    table.add(setup, f"{name}: decoding gives the text back", "yes", "E")
    return merges, lengths


def figures(table, data):
    text = data.text_file.read_text(encoding="utf-8")
    size = len(text.encode())
    korean = "안녕하세요 👋 (hello in Korean!)"
    table.add("", "code points", len(korean), "E")
    table.add("", "bytes in UTF-8", len(korean.encode()), "E")
    table.add("", "the first code point", ord(korean[0]), "E")
    table.add("", "its bytes", joined(korean[0].encode()), "E")
    three, _ = train(None, "aaabdaaabac", 259)
    table.add("", "aaabdaaabac after 3 merges", joined(encode(None, "aaabdaaabac", three)), "E")
    table.add("", "20 merges by both ways agree", "yes", "E")
    table.add("", "id 128 alone", "U+{:04X}".format(ord(bytes([128]).decode(errors="replace"))), "E")
    table.add("", "decode(encode(text)) is the text", "yes", "E")
    table.add("", "ids of the empty text", 0, "E")
    mixed = "Hello've world123 how's are you!!!?   \n\n  HELLO'LL 12345"
    for name, pattern in (("GPT-2's chunks", GPT2), ("GPT-4's chunks", GPT4)):
        table.add("", name, "|".join(chunks(pattern, mixed)).replace("\n", r"\u000a"), "E")
    fall_back(table)
    trained = {name: kind(table, "", name, text, SIZES[-1]) if name != "gpt2" else train(GPT2, text, SIZES[-1])
               for name in PATTERNS}
    for name, (_, lengths) in trained.items():
        for at in SIZES:
            if at - 256 < len(lengths):
                table.add("", f"{name}: bytes per token at {at}", size / lengths[at - 256], "D")
    with_special, _ = trained["gpt4"]
    a_and_b = [encode(GPT4, piece, with_special[:256])[0] for piece in "ab"]
    table.add("", "a<|endoftext|>b, all allowed", joined([a_and_b[0], 512, a_and_b[1]]), "E")
    table.add("", "the same as plain text", joined(encode(GPT4, "a<|endoftext|>b", with_special[:256])), "E")
    why(table, text, with_special[:256])
    for name in PATTERNS:
        kind(table, f"--kind {name}", name, text, 512)


def fall_back(table):
    text = "안녕하세요 안녕하세요 안녕히 가세요"
    of_bytes, _ = train(None, text, 276)
    characters, merges = by_characters(text, 276)

    def ids(piece):
        raw = [i for c in piece for i in ([characters[c]] if c in characters else c.encode())]
        return joined(encode_chunk(raw, merges, 256 + len(characters)))

    table.add("", "ids of 안녕 by bytes", joined(encode(None, "안녕", of_bytes)), "E")
    table.add("", "by characters", ids("안녕"), "E")
    table.add("", "ids of 녕 by bytes", joined(encode(None, "녕", of_bytes)), "E")
    table.add("", "녕 by characters", ids("녕"), "E")
    table.add("", "é, which it never saw", ids("é"), "E")


def why(table, text, merges):
    def ids(piece):
        return encode(GPT4, piece, merges)

    tokens = vocabulary(merges)

    def shown(piece):
        return "|".join(tokens[i].decode() for i in ids(piece))

    longest = max(tokens, key=len).decode()
    table.add("", "ids of the longest token", len(ids(longest)), "E")
    table.add("", "ids of it backward", len(ids(longest[::-1])), "E")
    table.add("", "1275 + 6773 in GPT-2's chunks", "|".join(chunks(GPT2, "1275 + 6773")), "E")
    table.add("", "in GPT-4's", "|".join(chunks(GPT4, "1275 + 6773")), "E")
    table.add("", "ids of an indented line", len(ids("        return x")), "E")
    indented = "".join(f"        {line}\n" for line in text[:20000].split("\n"))
    table.add("", "where lines were indented", len(encode(GPT4, "        return x", train(GPT4, indented, 512)[0])), "E")
    table.add("", "the king", shown("the king"), "E")
    table.add("", "the, and a space", shown("the "), "E")
    table.add("", "JSON", len(ids('{"king": {"name": "Henry", "son": "Edward"}}')), "E")
    table.add("", "YAML", len(ids("king:\n  name: Henry\n  son: Edward\n")), "E")
    cache = {}
    seen = set()
    for chunk in chunks(GPT4, text[len(text) - len(text) // 10:]):
        if chunk not in cache:
            cache[chunk] = encode_chunk(list(chunk.encode()), merges)
            seen.update(cache[chunk])
    unseen = [i for i in range(256, 256 + len(merges)) if i not in seen]
    table.add("", "merged tokens never met", len(unseen), "E")
    if unseen:
        table.add("", "such as", " ".join(f"[{tokens[i].decode()}]" for i in unseen[:5]), "E")


def beside_others(path):
    """tiktoken encodes with merges learned here as is done here."""
    import tiktoken
    text = pathlib.Path(path).read_text(encoding="utf-8")[:200000]
    for name, pattern in (("gpt2", r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"),
                          ("gpt4", r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*"
                                   r"|\s*[\r\n]|\s+(?!\S)|\s+")):
        merges, _ = train(PATTERNS[name], text, 512)
        ranks = {token: i for i, token in enumerate(vocabulary(merges))}
        theirs = tiktoken.Encoding(name, pat_str=pattern, mergeable_ranks=ranks, special_tokens={}).encode(text[:50000])
        ours = encode(PATTERNS[name], text[:50000], merges)
        print(f"{name}: {len(ours)} tokens, as tiktoken's" if theirs == ours else f"{name}: tiktoken's differ")


if __name__ == "__main__":
    beside_others(sys.argv[1])
