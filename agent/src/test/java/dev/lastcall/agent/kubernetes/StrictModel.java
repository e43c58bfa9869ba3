// SPDX-License-Identifier: Apache-2.0
package dev.lastcall.agent.kubernetes;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

import io.fabric8.kubernetes.client.utils.KubernetesSerialization;

/** Reads what is meant for the cluster into the client library's models, and finds every field that they do not have. */
public final class StrictModel {

    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

    private StrictModel() {}

    /** The object, and the paths of what is in the text and not in Kubernetes. */
    public static List<String> unknownFields(String yamlOrJson) {
        List<String> unknown = new ArrayList<>();
        collect("", SERIALIZATION.unmarshal(yamlOrJson), unknown);
        return unknown;
    }

    /** As {@link #unknownFields(String)}, for a text that does not name its kind. */
    public static List<String> unknownFields(String json, Class<?> type) {
        List<String> unknown = new ArrayList<>();
        collect("", SERIALIZATION.unmarshal(json, type), unknown);
        return unknown;
    }

    private static void collect(String path, Object value, List<String> unknown) {
        switch (value) {
            case null -> {
            }
            case Map<?, ?> map -> map.forEach((key, one) -> collect(path + "." + key, one, unknown));
            case Collection<?> list -> {
                int index = 0;
                for (Object one : list) {
                    collect(path + "[" + index++ + "]", one, unknown);
                }
            }
            default -> {
                if (value.getClass().getName().startsWith("io.fabric8.")) {
                    collectBean(path, value, unknown);
                }
            }
        }
    }

    private static void collectBean(String path, Object bean, List<String> unknown) {
        for (Method method : bean.getClass().getMethods()) {
            if (!method.getName().startsWith("get") || method.getParameterCount() > 0) {
                continue;
            }
            try {
                Object value = method.invoke(bean);
                if (method.getName().equals("getAdditionalProperties")) {
                    ((Map<?, ?>) value).keySet().forEach(key -> unknown.add(path + "." + key));
                } else {
                    String name = method.getName().substring(3);
                    collect(path + "." + Character.toLowerCase(name.charAt(0)) + name.substring(1), value, unknown);
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(method.toString(), e);
            }
        }
    }
}
