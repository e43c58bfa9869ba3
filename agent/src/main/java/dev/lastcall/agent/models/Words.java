// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.models;

import java.io.IOException;

import dev.lastcall.warmup.store.FileProblem;

/** Failures in words: what, where and why, without the names of classes. */
final class Words {

    private Words() {}

    static String of(Exception failure) {
        return failure instanceof IOException file ? FileProblem.said(file) : String.valueOf(failure.getMessage());
    }
}
