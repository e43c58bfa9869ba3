// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

/** What is wrong with a file or a folder of this machine. {@code {}} is replaced by the detail. */
public enum DiskFault {
    /** ENOSPC, EDQUOT. */
    FULL("no space left on the device", "free some space and start again"),
    /** EROFS. */
    READ_ONLY("the file system is read-only", "mount it for writing, or choose another place"),
    /** EACCES, EPERM. */
    DENIED("permission denied", "give the user that runs this the right to it"),
    /** ENOENT. */
    NOT_THERE("no such file or folder", "check the path, and whether it is mounted"),
    /** ENOTDIR. */
    NOT_A_FOLDER("it is a file and not a folder", "remove what lies there, or choose another place"),
    /** A link where a folder is needed. */
    LINK("it is a link and not a folder", "remove what lies there, or choose another place"),
    /** EISDIR. */
    IS_A_FOLDER("it is a folder and not a file", "remove what lies there, or choose another place"),
    /** EEXIST. */
    ALREADY_THERE("something lies there already", "move it away, or choose another name"),
    /** Not put there by us. */
    FOREIGN("{}", "move it away, choose another folder, or have it replaced with --overwrite"),
    /** ENOTEMPTY. */
    NOT_EMPTY("the folder is not empty", "move away what lies in it"),
    /** ELOOP. */
    LOOP("its links lead in a circle", "correct them"),
    /** EXDEV. */
    OTHER_DEVICE("it lies on another file system than its destination", "put both on one"),
    /** ENAMETOOLONG. */
    LONG_NAME("the name is too long for this file system", "choose a shorter path"),
    /** EMFILE, ENFILE. */
    TOO_MANY_OPEN("too many files are open", "raise the limit of open files (ulimit -n)"),
    /** ESTALE. */
    STALE("the network file system lost it (stale file handle)", "mount it again"),
    /** EIO. */
    IO("the disk or the network behind it gave an input/output error", "look at the kernel's log (dmesg)"),
    /** Closed under a reader. */
    CLOSED("the file was closed while it was used", "start again"),
    /** What comes out is not what went in. */
    READ_BACK("what was read back has not the digest of what was written",
            "look at the disk and the memory of this machine"),
    /** Cut by something else. */
    CUT("the file is shorter than what was written to it", "let nothing else write there, and start again"),
    /** A file system that folds names. */
    ALIKE("this disk takes {} for one file",
            "leave one of them out with exclude, or use a disk that distinguishes them"),
    /** In the place of the source, or around it. */
    NOT_APART("it {}; nothing was touched", "choose a destination that is apart from it"),
    /** Of authorities. */
    NO_CERTIFICATE("it holds no certificate", "name a PEM file of authorities"),
    /** Of authorities. */
    NO_PEM("it is no PEM file of certificates: what is in it is damaged", "name a PEM file of authorities"),
    /** Whatever else. */
    UNKNOWN("the file system refused it", "look at the disk, and whether the user that runs this may write there");

    private final String what;
    private final String remedy;

    DiskFault(String what, String remedy) {
        this.what = what;
        this.remedy = remedy;
    }

    String what() {
        return what;
    }

    String remedy() {
        return remedy;
    }
}
