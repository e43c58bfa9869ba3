// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.bench.warm;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

import software.amazon.awssdk.crt.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.crt.auth.signing.AwsSigningConfig;
import software.amazon.awssdk.crt.http.HttpHeader;
import software.amazon.awssdk.crt.http.HttpRequest;
import software.amazon.awssdk.crt.io.ClientBootstrap;
import software.amazon.awssdk.crt.io.EventLoopGroup;
import software.amazon.awssdk.crt.io.HostResolver;
import software.amazon.awssdk.crt.io.TlsContext;
import software.amazon.awssdk.crt.io.TlsContextOptions;
import software.amazon.awssdk.crt.s3.ChecksumConfig;
import software.amazon.awssdk.crt.s3.FileIoOptions;
import software.amazon.awssdk.crt.s3.S3Client;
import software.amazon.awssdk.crt.s3.S3ClientOptions;
import software.amazon.awssdk.crt.s3.S3FinishedResponseContext;
import software.amazon.awssdk.crt.s3.S3MetaRequest;
import software.amazon.awssdk.crt.s3.S3MetaRequestOptions;
import software.amazon.awssdk.crt.s3.S3MetaRequestResponseHandler;

/** AWS's own S3 client: fetches the objects straight to files, all at once, with their checksums validated. */
final class CrtChild {

    /** What a node with a fast network would tell it; it follows from this how many connections it opens. */
    private static final double TARGET_GIGABITS = 25;

    private CrtChild() {}

    /** @param args address of the bucket's folder, target folder, "direct" or "buffered", CA file, names */
    public static void main(String[] args) throws IOException, InterruptedException, ExecutionException {
        URI base = URI.create(args[0]);
        Path target = Path.of(args[1]);
        boolean direct = args[2].equals("direct");
        boolean tls = base.getScheme().equals("https");
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        try (TlsContextOptions trust = TlsContextOptions.createDefaultClient()) {
            trust.withCertificateAuthorityFromPath(null, args[3]);
            try (EventLoopGroup loops = new EventLoopGroup(Runtime.getRuntime().availableProcessors());
                    HostResolver resolver = new HostResolver(loops);
                    ClientBootstrap bootstrap = new ClientBootstrap(loops, resolver);
                    TlsContext context = new TlsContext(trust);
                    StaticCredentialsProvider credentials = new StaticCredentialsProvider.StaticCredentialsProviderBuilder()
                            .withAccessKeyId("bench".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                            .withSecretAccessKey("bench".getBytes(java.nio.charset.StandardCharsets.UTF_8))
                            .build();
                    AwsSigningConfig signing = AwsSigningConfig.getDefaultS3SigningConfig("us-east-1", credentials)) {
                S3ClientOptions options = new S3ClientOptions().withRegion("us-east-1")
                        .withClientBootstrap(bootstrap)
                        .withSigningConfig(signing)
                        .withThroughputTargetGbps(TARGET_GIGABITS)
                        .withFileIoOptions(new FileIoOptions(true, TARGET_GIGABITS, direct));
                if (tls) {
                    options.withTlsContext(context);
                }
                try (S3Client client = new S3Client(options)) {
                    for (String name : List.of(args).subList(4, args.length)) {
                        ends.add(fetch(client, base, name, target));
                    }
                    for (CompletableFuture<Void> end : ends) {
                        end.get();
                    }
                }
            }
        }
    }

    private static CompletableFuture<Void> fetch(S3Client client, URI base, String name, Path target) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        HttpHeader[] headers = {new HttpHeader("Host", base.getAuthority())};
        S3MetaRequestOptions request = new S3MetaRequestOptions()
                .withMetaRequestType(S3MetaRequestOptions.MetaRequestType.GET_OBJECT)
                .withHttpRequest(new HttpRequest("GET", base.getPath() + name, headers, null))
                .withEndpoint(URI.create(base.getScheme() + "://" + base.getAuthority()))
                .withChecksumConfig(new ChecksumConfig().withValidateChecksum(true))
                .withResponseFilePath(target.resolve(name))
                .withResponseHandler(new S3MetaRequestResponseHandler() {
                    @Override
                    public void onFinished(S3FinishedResponseContext context) {
                        if (context.getErrorCode() == 0) {
                            end.complete(null);
                        } else {
                            end.completeExceptionally(new IOException(name + ": " + context.getErrorCode() + ", status "
                                    + context.getResponseStatus()));
                        }
                    }
                });
        S3MetaRequest running = client.makeMetaRequest(request);
        return end.whenComplete((nothing, error) -> running.close());
    }
}
