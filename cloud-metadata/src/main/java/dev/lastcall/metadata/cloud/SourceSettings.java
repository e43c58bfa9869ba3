// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.metadata.cloud;

import java.util.List;

import dev.lastcall.metadata.aws.AwsSettings;
import dev.lastcall.metadata.azure.AzureSettings;
import dev.lastcall.metadata.gcp.GcpSettings;
import dev.lastcall.metadata.generic.GenericSettings;

/**
 * Settings of every source, for any cloud.
 *
 * @param aws used on AWS
 * @param gcp used on GCP
 * @param azure used on Azure
 * @param generic used on any cloud and on none
 */
public record SourceSettings(AwsSettings aws, GcpSettings gcp, AzureSettings azure, List<GenericSettings> generic) {

    public SourceSettings {
        generic = List.copyOf(generic);
    }

    /** Each cloud's defaults, and nothing besides. */
    public static SourceSettings defaults() {
        return new SourceSettings(AwsSettings.defaults(), GcpSettings.defaults(), AzureSettings.defaults(), List.of());
    }
}
