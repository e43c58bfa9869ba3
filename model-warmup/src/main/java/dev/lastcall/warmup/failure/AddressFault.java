// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.warmup.failure;

/** Why a text cannot be what it should be. {@code {}} is replaced by the detail. */
public enum AddressFault {
    /** Whatever it is. */
    NO_STORE("it names no store", "write s3://bucket/prefix, gs://bucket/prefix, hf://organisation/name@revision,"
            + " https://host/path or the path of a folder"),
    /** A path that begins with a name. */
    NO_FOLDER("there is no such folder here, and no store has such an address",
            "write the path of a folder, such as ./weights,"
                    + " or a store's address, such as s3://bucket/prefix"),
    /** A scheme, and nothing that can be a bucket's name. */
    NO_BUCKET("it names no bucket: its name has letters, digits, dots, dashes and underscores",
            "write {}://bucket/prefix"),
    /** As it says. */
    NO_MODEL("it names no model of the hub", "write hf://organisation/name, or hf://organisation/name@revision"),
    /** As it says. */
    NO_URL("it is no http or https address", "write it as a browser shows it: a space is %20"),
    /** As it says. */
    NO_PORT("no server has the port {}", "write one that a server can have"),
    /** As it says. */
    NO_FILE_URL("it is no address of a folder of this machine", "write file:///path, or the path alone"),
    /** As it says. */
    ARN("it is an ARN and no address", "an access point is addressed by its alias, as s3://ALIAS-s3alias/prefix"),
    /** As it says. */
    MULTI_REGION("it is a multi-Region access point, which needs signatures for all regions",
            "name a bucket or an access point of one"),
    /** As it says. */
    OBJECT_LAMBDA("it is an Object Lambda access point, which changes what it serves", "name the bucket itself"),
    /** As it says. */
    OUTPOST("it is a bucket on Outposts, which is not supported", "copy it to a bucket of a region"),
    /** As it says. */
    NO_REGION("it is not the name of a region", "write one such as eu-west-1"),
    /** As it says. */
    SETTING("it is no http or https address: {}", "correct it or unset it"),
    /** As it says. */
    PROXY("it is no address", "a proxy is given as http://host:port; or name the host in NO_PROXY"),
    /** As it says. */
    PROXY_KIND("it names a proxy of the kind {}, and only those are used that speak plain HTTP",
            "a proxy is given as http://host:port; or name the host in NO_PROXY"),
    /** Of the cache. */
    NAME("it cannot be the name of a {}",
            "use letters, digits, dot, dash and underscore, at most 100, beginning with a letter or"
                    + " digit");

    private final String what;
    private final String remedy;

    AddressFault(String what, String remedy) {
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
