// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

/** Why there are no credentials. {@code {}} is replaced by the detail. */
public enum CredentialFault {
    /** All places were asked. */
    NO_AWS_KEYS(false, "no AWS credentials found: looked at {}",
            "give the pod or the instance a role, or set AWS_ACCESS_KEY_ID and"
                    + " AWS_SECRET_ACCESS_KEY; a public bucket is read with anonymous: true"),
    /** All places were asked. */
    NO_GOOGLE_TOKEN(false, "no Google credentials found: looked at {}",
            "give the node or the pod a service account with"
                    + " storage.objectViewer, or set GOOGLE_APPLICATION_CREDENTIALS; a public bucket is read with anonymous: true"),
    /** Another failure, which says it all. */
    FROM(false, "", ""),
    /** Another failure, which says it all and passes. */
    FROM_PASSING(true, "", ""),
    /** They ended, and nothing has replaced them. */
    SAME_AGAIN(false, "the credentials from {} ran out and the same are still there", "put new ones in their place"),
    /** The environment. */
    HALF_A_KEY(false, "only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set", "set both or none"),
    /** A file with a secret. */
    FILE_TOO_LARGE(false, "the file is larger than {}", "check the path"),
    /** A file with a secret. */
    FILE_UNREADABLE(false, "", "let the user that runs this read it, or name another file"),
    /** A file with a secret. */
    NOT_ONE_TOKEN(false, "the file does not hold one token", "write the token into it, and nothing else"),
    /** A container's endpoint. */
    NO_ROLE(false, "the endpoint of the container's credentials answers {}",
            "associate the pod's service account with a role, or give the task one"),
    /** A container's endpoint. */
    NO_POD_AGENT(true, "", "is the Pod Identity agent running on this node?"),
    /** A container's endpoint. */
    NO_ADDRESS(false, "no http or https address: {}", "correct the variable, or unset it"),
    /** A secret would be read on the way. */
    IN_THE_CLEAR(false, "refused to ask {} in the clear",
            "only https, loopback and AWS's link-local addresses are asked"),
    /** An instance's role, or a pod's. */
    NO_ANSWER(true, "{}", ""),
    /** An instance's role. */
    ROLE_STATUS(true, "the metadata service answers {} for the role", "look at the instance's profile if it stays"),
    /** A metadata service. */
    METADATA_ADDRESS(false, "it is no address: {}", "correct the variable, or unset it"),
    /** Any endpoint of AWS's kind. */
    ENDPOINT_SAYS(true, "the endpoint answers {}", "look at the role if it stays"),
    /** Any endpoint. */
    ODD_ANSWER(true, "an answer without {}", "look at what answers there"),
    /** A directory bucket. */
    NO_SESSION(false, "no session: {}", "grant s3express:CreateSession on it, and set the region that its zone is in"),
    /** A directory bucket. */
    NO_SESSION_NOW(true, "no session: {}", "it is tried again: look at the store if it stays"),
    /** A profile. */
    CA_BUNDLE(false, "", "let it name a PEM file of authorities, or take it out of the profile"),
    /** As it says. */
    NO_PROFILE(false, "{}", "unset AWS_PROFILE, or put it there"),
    /** A profile. */
    PROFILE_CIRCLE(false, "the profiles {} lead to each other by source_profile", "let the last hold a key"),
    /** A profile. */
    OTHER_WAY(false, "it uses {}, which needs a browser, a program or a person and is not supported here",
            "use a key, a role with source_profile, credential_source or web_identity_token_file, or the node's own role; or set"
                    + " the variables that aws configure export-credentials --format env prints for it"),
    /** A profile. */
    ROLE_WITHOUT_SOURCE(false, "it names a role and nothing to take it on with",
            "name one of source_profile, credential_source and web_identity_token_file"),
    /** A profile. */
    NO_SOURCE_PROFILE(false, "its source_profile {} is in no file, or holds no key", "put it there, or name another"),
    /** A profile. */
    ODD_SOURCE(false, "its credential_source is {}", "write Environment, EcsContainer or Ec2InstanceMetadata"),
    /** A profile. */
    EMPTY_SOURCE(false, "its credential_source has none: {}", "name another"),
    /** A role. */
    TRUST_POLICY(false, "the role cannot be taken on: {}", "let the role's trust policy allow what asks"),
    /** A role. */
    OLD_PROOF(false, "the role cannot be taken on: {}", "what proves who asks is old: is it still being replaced?"),
    /** A role. */
    UNKNOWN_ISSUER(false, "the role cannot be taken on: {}",
            "make the cluster's OIDC provider known to the account, and check the token's audience"),
    /** A role. */
    BAD_PROOF(false, "the role cannot be taken on: {}", "what proves who asks is not valid: replace it"),
    /** A role. */
    ROLE_REFUSED(false, "the role cannot be taken on: {}", "check the role, and what proves who asks"),
    /** A Google key file. */
    NOT_JSON(false, "it is not JSON", "name the file that Google's console or tools wrote"),
    /** A Google key file. */
    KEY_KIND(false, "credentials of type \"{}\" are not supported",
            "use a service account's key, workload identity federation, or the node's own service account"),
    /** A Google key file. */
    KEY_REFUSED(false, "the key or the login is not valid any more, or this node's clock is wrong: {}",
            "make a new key, or set the clock"),
    /** A Google key file. */
    TOKEN_URI(false, "its token_uri is no https address", "name the file that Google's console or tools wrote"),
    /** A Google key file. */
    FIELD_LACKS(false, "it has no {}", "name the file that Google's console or tools wrote"),
    /** A Google key file. */
    BAD_PRIVATE_KEY(false, "its private_key cannot be used", "make a new key"),
    /** Workload identity federation. */
    SOURCE_KIND(false, "the credential_source is none of file and url, which are the kinds that are supported",
            "configure the pool with one of these"),
    /** Workload identity federation. */
    SOURCE_NO_JSON(false, "the token's source should hold JSON and does not", "correct format in credential_source"),
    /** Workload identity federation. */
    SOURCE_NO_FIELD(false, "the token's source has no field {}",
            "correct subject_token_field_name in credential_source"),
    /** Workload identity federation. */
    POOL_REFUSED(false, "{}", "check the pool's provider, its conditions, and the right to act as the service account"),
    /** Workload identity federation. */
    URL_NO_ADDRESS(false, "{} is no address", "correct it in the file"),
    /** Workload identity federation. */
    URL_IN_THE_CLEAR(false, "{} is not an https address, and secrets go there", "correct it in the file");

    private final boolean isTransient;
    private final String what;
    private final String remedy;

    CredentialFault(boolean isTransient, String what, String remedy) {
        this.isTransient = isTransient;
        this.what = what;
        this.remedy = remedy;
    }

    /** Whether the same may well work later. */
    public boolean isTransient() {
        return isTransient;
    }

    String what() {
        return what;
    }

    String remedy() {
        return remedy;
    }
}
