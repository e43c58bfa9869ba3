// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * A model that this node warms.
 *
 * @param name its name in the cache, in metrics and in commands
 * @param from the store's address
 * @param revision of a repository on the hub; null for the address's own
 * @param include which files; empty for all
 * @param exclude which not
 * @param priority the higher goes first
 * @param requireDigest whether files for which the store vouches by no digest are refused
 * @param verify how far the disk is trusted
 * @param onChange what happens when a file changes in the store while it is fetched
 * @param store what else is said of the store
 */
public record ModelConfig(String name, String from, @Nullable String revision, List<String> include,
        List<String> exclude, int priority, boolean requireDigest, Verify verify, OnChange onChange,
        StoreConfig store) {

    /** How far the disk is trusted. */
    public enum Verify {
        /** Files are read back after they were fetched, too. */
        ALWAYS,
        /** What is there already is read and compared with digests. */
        ON_START,
        /** What is there already is compared by size: damage of single bytes is missed. */
        SIZE
    }

    /** What happens when a file changes in the store while it is fetched. */
    public enum OnChange {
        /** The model is listed again, and what is new is fetched. */
        RESTART,
        /** The attempt fails. */
        STRICT
    }

    /**
     * What is said of a store beside its address; the rest comes from the environment, as the stores' own tools take it.
     *
     * @param anonymous whether to go without credentials
     * @param endpoint of the store's interface; null for the cloud's own
     * @param region of an S3 bucket; null for what the environment says
     * @param addressing where the address has an S3 bucket's name
     * @param requesterPays whether to agree to pay (S3)
     * @param userProject who pays (Cloud Storage); null for the bucket's owner
     * @param files of an HTTP folder without {@code SHA256SUMS}
     * @param authorization header for an HTTP address; null for none
     */
    public record StoreConfig(boolean anonymous, @Nullable URI endpoint, @Nullable String region, Addressing addressing,
            boolean requesterPays, @Nullable String userProject, List<String> files, @Nullable String authorization) {

        /** Never shows the header. */
        @Override
        public String toString() {
            return "StoreConfig[anonymous=" + anonymous + ", endpoint=" + endpoint + ", region=" + region + "]";
        }
    }

    /** Where the address has an S3 bucket's name. */
    public enum Addressing {
        /** In the host's name at AWS, in the path elsewhere. */
        AUTOMATIC,
        /** In the path. */
        PATH,
        /** In the host's name. */
        VIRTUAL_HOST
    }

    private static final ValueType<String> PATTERN = ValueType.text("a pattern such as *.safetensors or original/",
            "[^\\p{Cntrl}]{1,200}");
    private static final ValueType<String> FROM = ValueType.text(
            "s3://bucket/prefix, gs://bucket/prefix, hf://organisation/name, https://host/path/ or an absolute path",
            "(s3|gs)://[A-Za-z0-9._-]{3,222}(/[^\\p{Cntrl}]*)?|hf://[^@/\\s]+(/[^@/\\s]+)?/?(@\\S{1,256})?"
                    + "|https?://[^/?#\\s@]+(/\\S*)?|(file://)?/[^\\p{Cntrl}]*");
    private static final ValueType<String> REVISION = ValueType.text("a branch, a tag or a commit",
            "[A-Za-z0-9][A-Za-z0-9._/-]{0,255}");
    private static final ValueType<String> REGION = ValueType.text("a region such as eu-central-1",
            "[a-z0-9-]{1,64}");
    private static final ValueType<String> PROJECT = ValueType.text("a project such as my-project",
            "[a-z0-9.:-]{1,100}");
    private static final ValueType<String> FILE = ValueType.text("a relative path such as model.safetensors",
            "[^/\\p{Cntrl}][^\\p{Cntrl}]{0,500}");
    private static final ValueType<String> AUTHORIZATION = new ValueType<>(
            "the value of an Authorization header, such as Bearer and a token", List.of(), text -> {
                if (text.isBlank() || !text.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
                    throw new IllegalArgumentException("is not");
                }
                return text;
            }, secret -> Setting.MASK, true);
    private static final int MAX_PRIORITY = 1000;

    static ModelConfig read(Section section) {
        String name = section.required("name", Names.NAME, "unnamed",
                "Its name in the cache, in metrics and in commands.");
        String from = section.required("from", FROM, "/", "The store's address.");
        String revision = section.optional("revision", REVISION, "none",
                "Of a repository on the hub: a branch, a tag or a commit; `main` without one.");
        ModelConfig model = new ModelConfig(name, from, revision,
                section.values("include", PATTERN, List.of(), "Which of its files; all where the list is empty."),
                section.values("exclude", PATTERN, List.of(), "Which of them not, whatever `include` says."),
                section.value("priority", ValueType.number(-MAX_PRIORITY, MAX_PRIORITY), 0,
                        "The higher goes first; equal ones go in the order of the file."),
                section.value("requireDigest", ValueType.flag(), false,
                        "Whether files are refused for which the store vouches by no digest."),
                section.value("verify", ValueType.word(Verify.values()), Verify.ON_START,
                        "How far the disk is trusted: `on-start` reads what is there already and compares digests, `always`"
                                + " reads back what was fetched too, `size` compares sizes only and misses single wrong bytes."),
                section.value("onChange", ValueType.word(OnChange.values()), OnChange.RESTART,
                        "What happens when a file changes in the store while it is fetched: `restart` lists the model again and"
                                + " goes on from that, a few times; `strict` fails."),
                store(section));
        model.check(section);
        return model;
    }

    private static StoreConfig store(Section section) {
        return new StoreConfig(
                section.value("anonymous", ValueType.flag(), false, "Whether to go without credentials."),
                section.optional("endpoint", ValueType.url(), "none",
                        "Where the interface of S3, Cloud Storage or the hub is, if not at the cloud's own address."),
                section.optional("region", REGION, "none", "Of an S3 bucket; else what the environment says."),
                section.value("addressing", ValueType.word(Addressing.values()), Addressing.AUTOMATIC,
                        "Where the address has an S3 bucket's name."),
                section.value("requesterPays", ValueType.flag(), false,
                        "Whether to agree to pay for requests and transfer (S3)."),
                section.optional("userProject", PROJECT, "none",
                        "Who pays instead of the bucket's owner (Cloud Storage)."),
                section.values("files", FILE, List.of(), "The files of a web folder that has no `SHA256SUMS`."),
                section.secret("authorization", AUTHORIZATION,
                        "Header for a web address, sent to its own origin only."));
    }

    private void check(Section section) {
        boolean hub = from.startsWith("hf://");
        boolean web = from.startsWith("http://") || from.startsWith("https://");
        boolean s3 = from.startsWith("s3://");
        if (revision != null && (!hub || from.contains("@"))) {
            section.conflict("revision", hub
                    ? "is in the address already; write it in one place"
                    : "is for hf:// addresses only; leave it out");
        }
        only(section, s3, "s3://", "region", "addressing", "requesterPays");
        only(section, from.startsWith("gs://"), "gs://", "userProject");
        only(section, web, "http:// and https://", "files", "authorization", "authorizationFile");
        if (store.endpoint() != null && (web || from.startsWith("/") || from.startsWith("file:"))) {
            section.conflict("endpoint", "is for s3://, gs:// and hf:// addresses only; leave it out");
        }
    }

    private static void only(Section section, boolean applies, String scheme, String... keys) {
        if (!applies) {
            section.setAmong(keys)
                    .forEach(key -> section.conflict(key, "is for " + scheme + " addresses only; leave it out"));
        }
    }
}
