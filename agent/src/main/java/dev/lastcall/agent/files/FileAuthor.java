// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Who could have written what a path leads to. A file that names the process that an agent of root signals, or says that a drain is on, is
 * worth no more than the least of those who may write it, replace it, or turn a link on the way to it.
 */
public sealed interface FileAuthor {

    /** Root or the agent's own user, and no other: it is believed. */
    record Trusted() implements FileAuthor {}

    /** One other user: it is believed about what is that user's own. */
    record User(long id) implements FileAuthor {}

    /** More than one user, or it is not known who: it is not believed. */
    record Unknown(String reason) implements FileAuthor {}

    /** Root or the agent's own user, and no other. */
    FileAuthor TRUSTED = new Trusted();

    /** Of links on the way; the kernel's own limit (path_resolution(7)). */
    int MAX_LINKS = 40;

    /**
     * Judges the way to a regular file.
     *
     * @param steps from the root directory to the file, links and what they lead to included
     * @param self the agent's own user
     */
    static FileAuthor of(List<FileStep> steps, long self) {
        FileStep file = steps.getLast();
        if (file.kind() != FileStep.Kind.FILE) {
            return new Unknown(file.path() + " is not a regular file");
        }
        if (file.othersWrite()) {
            return new Unknown("every user may write " + file.path());
        }
        boolean ours = file.isOf(self) && !file.groupWrites();
        boolean shared = false;
        FileStep before = steps.getFirst();
        for (FileStep step : steps) {
            if (!step.isOf(self) && step.owner() != file.owner()) {
                return new Unknown("user " + step.owner() + ", who owns " + step.path() + ", can decide which file "
                        + file.path() + " is");
            }
            if (step.kind() == FileStep.Kind.LINK && !step.isOf(self) && before.othersWrite()) {
                return new Unknown(step.path() + " is another user's link in a directory that every user may write");
            }
            if (step.kind() == FileStep.Kind.DIRECTORY) {
                shared |= step.othersWrite() || step.groupWrites();
                ours &= step.isSticky() || !(step.othersWrite() || step.groupWrites());
                before = step;
            }
            ours &= step.isOf(self);
        }
        if (ours && (!shared || file.links() == 1)) {
            return TRUSTED;
        }
        return file.owner() == 0
                ? new Unknown("users other than root may put another file in the place of " + file.path()
                        + ", or write it")
                : new User(file.owner());
    }

    /**
     * Follows a path by hand, so that each link is seen.
     *
     * @return what was on the way; the last is what the path leads to, and no link
     * @throws IOException where it leads nowhere
     */
    static List<FileStep> walk(Path path) throws IOException {
        List<FileStep> steps = new ArrayList<>();
        Deque<Path> names = new ArrayDeque<>();
        path.toAbsolutePath().forEach(names::add);
        Path at = path.toAbsolutePath().getRoot();
        steps.add(FileStep.look(at));
        int links = 0;
        while (!names.isEmpty()) {
            String name = names.remove().toString();
            if (name.isEmpty() || name.equals(".")) {
                continue;
            }
            if (name.equals("..")) {
                at = at.getParent() == null ? at : at.getParent();
                continue;
            }
            FileStep step = FileStep.look(at.resolve(name));
            steps.add(step);
            if (step.kind() != FileStep.Kind.LINK) {
                at = step.path();
                continue;
            }
            if (++links > MAX_LINKS) {
                throw new IOException(path + ": more than " + MAX_LINKS + " links");
            }
            Path target = Files.readSymbolicLink(step.path());
            List<Path> more = new ArrayList<>();
            target.forEach(more::add);
            more.reversed().forEach(names::addFirst);
            at = target.isAbsolute() ? target.getRoot() : at;
        }
        return steps;
    }
}
