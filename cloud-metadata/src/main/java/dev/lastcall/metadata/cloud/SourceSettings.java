// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.cloud;

import java.util.List;

import dev.lastcall.metadata.aws.AwsSettings;
import dev.lastcall.metadata.azure.AzureSettings;
import dev.lastcall.metadata.gcp.GcpSettings;
import dev.lastcall.metadata.generic.FileSettings;
import dev.lastcall.metadata.generic.FixedEndSettings;
import dev.lastcall.metadata.generic.UrlSettings;

/**
 * Settings of every source, for any cloud.
 *
 * @param aws used on AWS
 * @param gcp used on GCP
 * @param azure used on Azure
 * @param urls URLs to ask, on any cloud and on none
 * @param files files to look for
 * @param ends ends that are known beforehand
 */
public record SourceSettings(AwsSettings aws, GcpSettings gcp, AzureSettings azure, List<UrlSettings> urls,
        List<FileSettings> files,
        List<FixedEndSettings> ends) {

    public SourceSettings {
        urls = List.copyOf(urls);
        files = List.copyOf(files);
        ends = List.copyOf(ends);
    }

    /** Each cloud's defaults, and nothing besides. */
    public static SourceSettings defaults() {
        return new SourceSettings(AwsSettings.defaults(), GcpSettings.defaults(), AzureSettings.defaults(), List.of(),
                List.of(),
                List.of());
    }
}
