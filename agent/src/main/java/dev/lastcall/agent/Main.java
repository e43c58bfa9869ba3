// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent;

/** Where the process begins. */
public final class Main {

    private Main() {}

    /** Runs the command that {@code args} name and exits with its code. */
    public static void main(String[] args) {
        System.exit(ExitCode.USAGE.code());
    }
}
