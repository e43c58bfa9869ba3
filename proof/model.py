#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes a llama model of random weights: it talks nonsense, at a speed that its size sets.

    model.py FILE [--layers N] [--width N] [--hidden N] [--context N]

Needs gguf (Debian: python3-gguf). The work per token grows with layers * (4 * width^2 + 3 * width * hidden).
The same arguments give the same file.
"""

import argparse
import os

import numpy
from gguf import GGUFWriter, TokenType

VOCABULARY = 512
HEADS = 8
SPECIALS = ["<unk>", "<s>", "</s>"]


def write_tokens(writer):
    """A sentencepiece vocabulary: three specials, every byte, and made-up words for the rest."""
    words = [f"\u2581w{number}" for number in range(VOCABULARY - len(SPECIALS) - 256)]
    tokens = SPECIALS + [f"<0x{byte:02X}>" for byte in range(256)] + words
    types = (
        [TokenType.UNKNOWN, TokenType.CONTROL, TokenType.CONTROL]
        + [TokenType.BYTE] * 256
        + [TokenType.NORMAL] * len(words)
    )
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(place) for place in range(len(tokens))])
    writer.add_token_types(types)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)


def write_tensors(writer, layers, width, hidden):
    random = numpy.random.default_rng(1)

    def matrix(name, rows, columns):
        weights = random.standard_normal((rows, columns), dtype=numpy.float32)
        writer.add_tensor(name, weights / numpy.float32(numpy.sqrt(columns)))

    def norm(name):
        writer.add_tensor(name, numpy.ones(width, dtype=numpy.float32))

    matrix("token_embd.weight", VOCABULARY, width)
    matrix("output.weight", VOCABULARY, width)
    norm("output_norm.weight")
    for layer in range(layers):
        block = f"blk.{layer}."
        norm(block + "attn_norm.weight")
        norm(block + "ffn_norm.weight")
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            matrix(block + part + ".weight", width, width)
        matrix(block + "ffn_gate.weight", hidden, width)
        matrix(block + "ffn_up.weight", hidden, width)
        matrix(block + "ffn_down.weight", width, hidden)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--layers", type=int, default=4)
    parser.add_argument("--width", type=int, default=256)
    parser.add_argument("--hidden", type=int, default=1024)
    parser.add_argument("--context", type=int, default=4096)
    asked = parser.parse_args()

    part = asked.file + ".part"
    writer = GGUFWriter(part, "llama")
    writer.add_name("lastcall-proof")
    writer.add_context_length(asked.context)
    writer.add_embedding_length(asked.width)
    writer.add_block_count(asked.layers)
    writer.add_feed_forward_length(asked.hidden)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(asked.width // HEADS)
    writer.add_vocab_size(VOCABULARY)
    write_tokens(writer)
    write_tensors(writer, asked.layers, asked.width, asked.hidden)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    os.replace(part, asked.file)


if __name__ == "__main__":
    main()
