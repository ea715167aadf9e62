"""A small GPT-2 with random weights, in the files in which GPT-2 is published: python3 make_gpt2.py

Writes gpt2/: model.safetensors and model16.safetensors (the same in float16), vocab.json, merges.txt, and golden.json
with what `transformers` makes of them: token ids, logits, the likeliest continuation. Needs PyTorch and `transformers`.

    make_gpt2.py --large FILE      instead: random weights of the shapes of GPT-2's smallest model, 124 million,
                                   with a vocabulary of as many tokens beside it, to time (half a gigabyte)
"""

import collections
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path = [folder for folder in sys.path if pathlib.Path(folder).resolve() != HERE]  # safetensors.py there is ours

import torch
import transformers
from safetensors.torch import save_file

FOLDER = HERE / "gpt2"
TEXT = HERE.parent.parent / "data" / "as_you_like_it.txt"
END = "<|endoftext|>"
torch.set_num_threads(1)


def byte_characters():
    """GPT-2's characters for bytes: those that print stand for themselves, the others follow from U+0100 on."""
    printing = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [b for b in range(256) if b not in printing]
    return {b: chr(b) for b in printing} | {b: chr(0x100 + i) for i, b in enumerate(others)}


def learn(text, count):
    """Byte pairs of words: the most frequent pair becomes a token, of equals the first in the table's order."""
    characters = byte_characters()
    words = collections.Counter(" " + word for word in text.split())
    words = {tuple(characters[b] for b in word.encode()): n for word, n in words.items()}
    merges = []
    while len(merges) < count:
        pairs = collections.Counter()
        for word, n in words.items():
            for pair in zip(word, word[1:]):
                pairs[pair] += n
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        words = {joined(word, best): n for word, n in words.items()}
    return merges


def joined(word, pair):
    out = []
    for symbol in word:
        if out and (out[-1], symbol) == pair:
            out[-1] += symbol
        else:
            out.append(symbol)
    return tuple(out)


def write_vocabulary(folder, merges):
    tokens = [*byte_characters().values(), *(left + right for left, right in merges), END]
    vocabulary = {token: i for i, token in enumerate(tokens)}
    (folder / "vocab.json").write_text(json.dumps(vocabulary) + "\n")
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges))
    return len(tokens)


def random_model(**sizes):
    """Weights larger than those at a start, so that logits differ and tokens look at each other."""
    torch.manual_seed(1)
    config = transformers.GPT2Config(attn_pdrop=0, embd_pdrop=0, resid_pdrop=0, **sizes)
    model = transformers.GPT2LMHeadModel(config).eval()
    for name, p in model.named_parameters():
        if name.endswith("bias") or ".ln_" in name:
            torch.nn.init.normal_(p, float(name.endswith("weight")), 0.2)
        else:
            torch.nn.init.normal_(p, 0, 0.2 if "wpe" in name or "wte" in name else 1 / p.shape[0] ** 0.5)
    return model


def published(model, dtype):
    """Names without `transformer.`, no head of its own, and the masks that old files have."""
    state = {name.removeprefix("transformer."): p for name, p in model.state_dict().items() if name != "lm_head.weight"}
    state = {name: p.to(dtype).contiguous().clone() for name, p in state.items()}
    positions = model.config.n_positions
    for layer in range(model.config.n_layer):
        state[f"h.{layer}.attn.bias"] = torch.ones(1, 1, positions, positions).tril()
        state[f"h.{layer}.attn.masked_bias"] = torch.tensor(-1e4)
    return state


def prefixed(state):
    """The other way to publish: with the prefix, and without masks."""
    return {"transformer." + name: p for name, p in state.items() if not name.endswith((".attn.bias", ".masked_bias"))}


def tokens_of(text):
    tokenizer = transformers.GPT2Tokenizer(vocab=str(FOLDER / "vocab.json"), merges=str(FOLDER / "merges.txt"))
    return tokenizer(text)["input_ids"]


def what_it_says(model, ids):
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0]
        longer = model.generate(torch.tensor([ids]), max_new_tokens=20, do_sample=False, pad_token_id=0)[0]
    numbers = [float(f"{v:.9g}") for v in logits.flatten().tolist()]
    return {"logits": numbers, "greedy": longer[len(ids):].tolist()}


def main():
    FOLDER.mkdir(exist_ok=True)
    count = write_vocabulary(FOLDER, learn(TEXT.read_text(), 43))
    sizes = dict(vocab_size=count, n_positions=32, n_embd=24, n_layer=2, n_head=3)
    model = random_model(**sizes, bos_token_id=count - 1, eos_token_id=count - 1)
    save_file(published(model, torch.float32), FOLDER / "model.safetensors", metadata={"format": "pt"})
    texts = ["Why, then, the world's mine oyster", "  It's 1599\n\n and über 10 ducats!?", "the", END]
    golden = {"torch": torch.__version__, "transformers": transformers.__version__, "heads": sizes["n_head"],
              "texts": [{"text": text, "ids": tokens_of(text)} for text in texts]}
    ids = golden["texts"][0]["ids"][:9]
    golden["ids"] = ids
    golden["F32"] = what_it_says(model, ids)
    half = prefixed(published(model, torch.float16))
    save_file(half, FOLDER / "model16.safetensors", metadata={"format": "pt"})
    for name, p in model.named_parameters():
        p.data.copy_(half[name])
    golden["F16"] = what_it_says(model, ids)
    for file in FOLDER.iterdir():
        file.chmod(0o644)
    (FOLDER / "golden.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


def large(file):
    """Weights as at a start: the numbers do not matter to a clock. Merges are any that make enough tokens."""
    model = transformers.GPT2LMHeadModel(transformers.GPT2Config())
    save_file(published(model, torch.float32), file, metadata={"format": "pt"})
    characters = list(byte_characters().values())
    merges = [(a, b) for a in characters for b in characters][: 50257 - 257]
    write_vocabulary(file.parent, merges)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--large"]:
        large(pathlib.Path(sys.argv[2]))
    else:
        main()
