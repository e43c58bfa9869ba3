// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.telemetry;

/** What became of a door on a notice. */
public enum DoorTurn {
    /** It is closed. */
    CLOSED("closed"),
    /** Routers are asked to go elsewhere; it is closed later. */
    ANNOUNCED("announced");

    private final String label;

    DoorTurn(String label) {
        this.label = label;
    }

    /** The value of the label. */
    public String label() {
        return label;
    }
}
