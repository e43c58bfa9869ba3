// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.config;

import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import dev.lastcall.agent.models.ModelSettings;
import dev.lastcall.agent.values.Secret;
import dev.lastcall.warmup.StoreSettings;
import dev.lastcall.warmup.WarmupRequest.Verify;
import dev.lastcall.warmup.fetch.FetchSettings.ChangePolicy;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.s3.S3Settings.Addressing;

/** A model that this node warms. */
final class ModelSchema {

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
    private static final ValueType<Secret> AUTHORIZATION = new ValueType<>(
            "the value of an Authorization header, such as Bearer and a token", ValueShape.anyText(), text -> {
                if (text.isBlank() || !text.chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
                    throw new IllegalArgumentException("is not");
                }
                return Secret.of(text);
            }, Secret::toString, true);
    private static final int MAX_PRIORITY = 1000;

    private ModelSchema() {}

    static ModelSettings read(Section section) {
        ModelSettings plain = ModelSettings.of(
                section.required("name", Names.NAME, "unnamed", "Its name in the cache, in metrics and in commands."),
                section.required("from", FROM, "/", "The store's address."));
        ModelSettings model = new ModelSettings(plain.name(), plain.from(),
                section.optional("revision", REVISION, "none",
                        "Of a repository on the hub: a branch, a tag or a commit; `main` without one."),
                new Selection(
                        section.values("include", PATTERN, plain.selection().include(),
                                "Which of its files; all where the list is empty."),
                        section.values("exclude", PATTERN, plain.selection().exclude(),
                                "Which of them not, whatever `include` says.")),
                section.value("priority", ValueType.number(-MAX_PRIORITY, MAX_PRIORITY), plain.priority(),
                        "The higher goes first; equal ones go in the order of the file."),
                section.value("requireDigest", ValueType.flag(), plain.requireDigest(),
                        "Whether files are refused for which the store vouches by no digest."),
                section.value("verify", ValueType.word(Verify.values()), plain.verify(),
                        "How far the disk is trusted: `on-start` reads what is there already and compares digests, `always`"
                                + " reads back what was fetched too, `size` compares sizes only and misses single wrong bytes."),
                section.value("onChange", ValueType.word(ChangePolicy.values()), plain.onChange(),
                        "What happens when a file changes in the store while it is fetched: `restart` lists the model again and"
                                + " goes on from that, a few times; `strict` fails."),
                store(section, plain.store()));
        check(section, model);
        return model;
    }

    private static StoreSettings store(Section section, StoreSettings plain) {
        boolean anonymous = section.value("anonymous", ValueType.flag(), plain.anonymous(),
                "Whether to go without credentials.");
        URI endpoint = section.optional("endpoint", ValueType.url(), "none",
                "Where the interface of S3, Cloud Storage or the hub is, if not at the cloud's own address.");
        String region = section.optional("region", REGION, "none", "Of an S3 bucket; else what the environment says.");
        Addressing addressing = section.value("addressing", ValueType.word(Addressing.values()), plain.addressing(),
                "Where the address has an S3 bucket's name.");
        boolean requesterPays = section.value("requesterPays", ValueType.flag(), plain.requesterPays(),
                "Whether to agree to pay for requests and transfer (S3).");
        String userProject = section.optional("userProject", PROJECT, "none",
                "Who pays instead of the bucket's owner (Cloud Storage).");
        List<String> files = section.values("files", FILE, plain.names(),
                "The files of a web folder that has no `SHA256SUMS`.");
        Optional<Secret> authorization = section.secret("authorization", AUTHORIZATION,
                "Header for a web address, sent to its own origin only.");
        return new StoreSettings(anonymous, Optional.ofNullable(endpoint),
                Objects.requireNonNullElse(region, plain.region()), addressing, requesterPays,
                Objects.requireNonNullElse(userProject, plain.userProject()), files,
                authorization.map(header -> Map.of("Authorization", header.reveal())).orElse(plain.headers()));
    }

    private static void check(Section section, ModelSettings model) {
        String from = model.from();
        boolean hub = from.startsWith("hf://");
        boolean web = from.startsWith("http://") || from.startsWith("https://");
        boolean s3 = from.startsWith("s3://");
        if (model.revision() != null && (!hub || from.contains("@"))) {
            section.conflict("revision", hub
                    ? "is in the address already; write it in one place"
                    : "is for hf:// addresses only; leave it out");
        }
        only(section, s3, "s3://", "region", "addressing", "requesterPays");
        only(section, from.startsWith("gs://"), "gs://", "userProject");
        only(section, web, "http:// and https://", "files", "authorization", "authorizationFile");
        if (model.store().endpoint().isPresent() && (web || from.startsWith("/") || from.startsWith("file:"))) {
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
