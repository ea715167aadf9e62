"""Byte-pair encoding for tokenizer_bench to run beside the C++: the lecture's way in plain Python, Hugging Face's `tokenizers` and
tiktoken, each if it is installed. One thread.

Answers {"peer": ..., "do": "train" or "encode", "file": ..., "pattern": ..., "size": ..., "merges": [[left, right], ...]}, a line each,
with {"us": ..., "tokens": ..., "ids": a checksum of the ids or 0}, or {} where the peer is not there or cannot do that.
"""
import importlib.metadata
import json
import os
import re
import sys
import time
import zlib

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"
try:
    import tokenizers
except ImportError:
    tokenizers = None
try:
    import tiktoken
except ImportError:
    tiktoken = None


def train_plainly(text, pattern, size):
    """Counts all pairs anew for each merge."""
    chunks = [list(chunk.encode()) for chunk in (re.findall(ascii_only(pattern), text) if pattern else [text])]
    for new in range(256, size):
        counts = {}
        for ids in chunks:
            for pair in zip(ids, ids[1:]):
                counts[pair] = counts.get(pair, 0) + 1
        if not counts:
            break
        pair = max(counts, key=counts.get)
        chunks = [replaced(ids, pair, new) for ids in chunks]
    return sum(map(len, chunks))


def replaced(ids, pair, new):
    out, i = [], 0
    while i < len(ids):
        if ids[i] == pair[0] and i + 1 < len(ids) and ids[i + 1] == pair[1]:
            out.append(new)
            i += 2
        else:
            out.append(ids[i])
            i += 1
    return out


def ascii_only(pattern):
    """For Python's own re, which knows no classes of Unicode."""
    return (pattern.replace(r"[^\r\n\p{L}\p{N}]", r"(?:[^\r\n\w]|_)").replace(r"[^\s\p{L}\p{N}]", r"(?:[^\s\w]|_)")
            .replace(r"\p{L}", r"[^\W\d_]").replace(r"\p{N}", r"\d"))


def bytes_as_characters():
    own = [b for b in range(256) if 0x20 < b < 0x7f or (b > 0xa0 and b != 0xad)]
    others = [b for b in range(256) if b not in own]
    return {**{b: chr(b) for b in own}, **{b: chr(0x100 + i) for i, b in enumerate(others)}}


def of_hugging_face(pattern, vocab=None, merges=None):
    made = tokenizers.Tokenizer(tokenizers.models.BPE(vocab, merges) if vocab else tokenizers.models.BPE())
    pre = tokenizers.pre_tokenizers
    byte_level = pre.ByteLevel(add_prefix_space=False, use_regex=False)
    made.pre_tokenizer = pre.Sequence([pre.Split(tokenizers.Regex(pattern), "isolated"), byte_level]) if pattern else byte_level
    return made


def train_with_hugging_face(text, pattern, size):
    made = of_hugging_face(pattern)
    alphabet = list(bytes_as_characters().values())
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False)
    made.train_from_iterator([text], trainer)
    return made


def tokens_of(merges):
    tokens = [bytes([b]) for b in range(256)]
    for left, right in merges:
        tokens.append(tokens[left] + tokens[right])
    return tokens


def encoder(peer, pattern, merges):
    tokens = tokens_of(merges)
    if peer == "tiktoken":
        ranks = {token: i for i, token in enumerate(tokens)}
        return tiktoken.Encoding("ours", pat_str=pattern, mergeable_ranks=ranks, special_tokens={}).encode_ordinary
    names = bytes_as_characters()
    shown = ["".join(names[b] for b in token) for token in tokens]
    made = of_hugging_face(pattern, {name: i for i, name in enumerate(shown)}, [(shown[a], shown[b]) for a, b in merges])
    return lambda text: made.encode(text).ids


def answer(ask):
    peer = ask["peer"]
    if (peer == "tokenizers" and not tokenizers) or (peer == "tiktoken" and not tiktoken):
        return {}
    with open(ask["file"], encoding="utf-8", newline="") as file:
        text = file.read()
    if ask["do"] == "train":
        start = time.process_time()
        made = (train_plainly if peer == "python" else train_with_hugging_face)(text, ask["pattern"], ask["size"])
        seconds = time.process_time() - start
        return {"us": 1e6 * seconds, "tokens": made if peer == "python" else len(made.encode(text).ids), "ids": 0}
    encode = encoder(peer, ask["pattern"], ask["merges"])
    encode(text[:1000])
    start = time.process_time()
    ids = encode(text)
    seconds = time.process_time() - start
    return {"us": 1e6 * seconds, "tokens": len(ids), "ids": zlib.crc32(" ".join(map(str, ids)).encode())}


def main():
    versions = {"python": sys.version.split()[0]}
    for peer, module in (("tokenizers", tokenizers), ("tiktoken", tiktoken)):
        if module:
            versions[peer] = importlib.metadata.version(peer)
    print(json.dumps(versions), flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


main()
