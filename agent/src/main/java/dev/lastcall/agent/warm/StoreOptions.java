// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.warm;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import dev.lastcall.warmup.StoreSettings;
import dev.lastcall.warmup.store.Selection;
import dev.lastcall.warmup.store.s3.S3Settings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The flags that say which files of which store. */
final class StoreOptions {

    @Option(names = "--include", paramLabel = "PATTERN", order = 1, description = "Only what matches, such as *.safetensors; repeatable.")
    private List<String> include = new ArrayList<>();

    @Option(names = "--exclude", paramLabel = "PATTERN", order = 2, description = "Not what matches, such as original/; repeatable.")
    private List<String> exclude = new ArrayList<>();

    @Option(names = "--file", paramLabel = "NAME", order = 3, description = "A file of a web folder without SHA256SUMS; repeatable.")
    private List<String> files = new ArrayList<>();

    @Option(names = "--anonymous", order = 4, description = "Without credentials.")
    private boolean anonymous;

    @Option(names = "--endpoint", paramLabel = "URL", order = 5, description = "Where the interface of S3, Cloud Storage or the hub is.")
    private @Nullable URI endpoint;

    @Option(names = "--region", paramLabel = "REGION", order = 6, description = "Of an S3 bucket.")
    private String region = "";

    @Option(names = "--addressing", paramLabel = "STYLE", order = 7, converter = Style.class, description = {
        "Where the S3 bucket is in the address: automatic, path or virtual-host."})
    private S3Settings.Addressing addressing = S3Settings.Addressing.AUTOMATIC;

    @Option(names = "--path-style", order = 7, description = "The same as --addressing=path.")
    private boolean pathStyle;

    @Option(names = "--requester-pays", order = 8, description = "Agree to pay for requests and transfer (S3).")
    private boolean requesterPays;

    @Option(names = "--user-project", paramLabel = "PROJECT", order = 9, description = "Who pays (Cloud Storage).")
    private String userProject = "";

    @Option(names = "--authorization-file", paramLabel = "FILE", order = 10, description = {
        "Holds the Authorization header of a web address; or LASTCALL_AUTHORIZATION."})
    private @Nullable Path authorizationFile;

    Selection selection() {
        return new Selection(include, exclude);
    }

    StoreSettings settings(Map<String, String> environment) {
        return new StoreSettings(anonymous, Optional.ofNullable(endpoint), region,
                pathStyle ? S3Settings.Addressing.PATH : addressing, requesterPays, userProject,
                files, Authorization.headers(authorizationFile, environment));
    }

    /** The words of the configuration's key. */
    static final class Style implements ITypeConverter<S3Settings.Addressing> {
        @Override
        public S3Settings.Addressing convert(String word) {
            return switch (word.toLowerCase(Locale.ROOT)) {
                case "automatic", "auto" -> S3Settings.Addressing.AUTOMATIC;
                case "path" -> S3Settings.Addressing.PATH;
                case "virtual-host", "virtual" -> S3Settings.Addressing.VIRTUAL_HOST;
                default -> throw new TypeConversionException("write automatic, path or virtual-host");
            };
        }
    }
}
