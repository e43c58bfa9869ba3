{{/* What each cloud needs, as the overlays of k8s/overlays have it. An empty affinity takes every node. */}}
{{- define "lastcall.clouds" -}}
aws:
  spot:
  - {key: eks.amazonaws.com/capacityType, operator: In, values: [SPOT]}
  - {key: karpenter.sh/capacity-type, operator: In, values: [spot]}
gcp:
  spot:
  - {key: cloud.google.com/gke-spot, operator: In, values: ["true"]}
  - {key: cloud.google.com/gke-preemptible, operator: In, values: ["true"]}
  condition: GCESpotPreempting
  grace: 30
azure:
  spot:
  - {key: kubernetes.azure.com/scalesetpriority, operator: In, values: [spot]}
  condition: PreemptionScheduled
  grace: 30
{{- end -}}

{{- define "lastcall.cloud" -}}
{{- get (include "lastcall.clouds" . | fromYaml) .Values.cloud | default dict | toYaml -}}
{{- end -}}

{{- define "lastcall.affinity" -}}
{{- $spot := (include "lastcall.cloud" . | fromYaml).spot -}}
{{- if .Values.affinity -}}
{{ toYaml .Values.affinity }}
{{- else if and .Values.spotOnly $spot -}}
nodeAffinity:
  requiredDuringSchedulingIgnoredDuringExecution:
    nodeSelectorTerms:
    {{- range $spot }}
    - matchExpressions:
      - {{ toJson . }}
    {{- end }}
{{- end -}}
{{- end -}}

{{/* The agent's lastcall.yaml: what the values say, over which goes config. A key that has a value of its own is refused there. */}}
{{- define "lastcall.config" -}}
{{- $config := .Values.config | default dict -}}
{{- range list "cloud" "models" "webhook" -}}
{{- if hasKey $config . -}}{{- fail (printf "values: use %s in place of config.%s" . .) -}}{{- end -}}
{{- end -}}
{{- if hasKey ($config.api | default dict) "listen" -}}{{- fail "values: use api.port in place of config.api.listen" -}}{{- end -}}
{{- if hasKey ($config.cache | default dict) "path" -}}{{- fail "values: use cache.hostPath in place of config.cache.path" -}}{{- end -}}
{{- if and .Values.webhook.existingSecret (not .Values.webhook.url) -}}
{{- fail "values: webhook.existingSecret is of no use without webhook.url" -}}
{{- end -}}
{{- $made := dict "cloud" .Values.cloud -}}
{{- with (include "lastcall.cloud" . | fromYaml).condition -}}
{{- $_ := set $made "kubernetes" (dict "marks" (dict "conditions" (list "lastcall.dev/Interrupted" .))) -}}
{{- end -}}
{{- with .Values.models -}}{{- $_ := set $made "models" . -}}{{- end -}}
{{- with .Values.webhook.url -}}{{- $_ := set $made "webhook" (dict "url" .) -}}{{- end -}}
{{- $port := int .Values.api.port -}}
{{- if include "lastcall.monitored" . -}}
{{- $_ := set $made "api" (dict "listen" (printf "0.0.0.0:%d" $port)) -}}
{{- else if ne $port 9808 -}}
{{- $_ := set $made "api" (dict "listen" (printf "127.0.0.1:%d" $port)) -}}
{{- end -}}
{{- toYaml (mergeOverwrite $made (deepCopy $config)) -}}
{{- end -}}
