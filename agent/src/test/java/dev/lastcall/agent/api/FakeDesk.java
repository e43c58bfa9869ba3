// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.api;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what it is asked; refuses to undrain. */
public final class FakeDesk implements OperatorActions {

    private final List<String> asked = new CopyOnWriteArrayList<>();

    @Override
    public Answer drain(Duration window) {
        asked.add("drain " + window.toSeconds());
        return new Answer.Accepted("draining llama, 60s left");
    }

    @Override
    public Answer undrain() {
        asked.add("undrain");
        return new Answer.Refused("nothing was drained by hand");
    }

    @Override
    public Answer reopen(String server) {
        asked.add("reopen " + server);
        return new Answer.Unfinished("llama does not answer; start it");
    }

    @Override
    public Answer forget() {
        asked.add("forget");
        return new Answer.Accepted("forgotten");
    }

    @Override
    public Answer notice(String description, Duration window) {
        asked.add("notice " + description + " " + window.toSeconds());
        return new Answer.Accepted("noted");
    }

    @Override
    public Answer event(ReceivedEvent event) {
        asked.add("event " + event.id() + " " + event.source() + " " + event.type() + " " + event.time() + " "
                + event.data());
        return event.id().equals("other") ? new Answer.Inapplicable("about another") : new Answer.Accepted("taken");
    }

    @Override
    public Answer shutdown() {
        asked.add("shutdown");
        return new Answer.Refused("the operating system is not shutting down");
    }

    /** What it was asked. */
    public List<String> asked() {
        return asked;
    }
}
