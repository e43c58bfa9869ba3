{{- define "lastcall.fullname" -}}
{{- $name := ternary .Release.Name (printf "%s-lastcall" .Release.Name) (contains "lastcall" .Release.Name) -}}
{{- .Values.fullnameOverride | default $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{- define "lastcall.selector" -}}
app.kubernetes.io/name: lastcall
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "lastcall.labels" -}}
{{ include "lastcall.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "lastcall.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "lastcall.fullname" .) -}}
{{- else -}}
{{- required "values: serviceAccount.name is needed where serviceAccount.create is false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* Not empty where the cluster has the Prometheus Operator's API. */}}
{{- define "lastcall.hasOperator" -}}
{{- if .Capabilities.APIVersions.Has "monitoring.coreos.com/v1" }}yes{{ end -}}
{{- end -}}

{{/* Not empty where a PodMonitor is made, for which the agents listen on the node's addresses. */}}
{{- define "lastcall.monitored" -}}
{{- if and .Values.podMonitor.create (include "lastcall.hasOperator" .) }}yes{{ end -}}
{{- end -}}

{{/* Not empty where a quota is made. */}}
{{- define "lastcall.quota" -}}
{{- $auto := and (eq .Values.cloud "gcp") (ne .Release.Namespace "kube-system") (hasPrefix "system-" .Values.priorityClassName) -}}
{{- if or (eq (toString .Values.resourceQuota.create) "true") (and (eq (toString .Values.resourceQuota.create) "auto") $auto) -}}
yes
{{- end -}}
{{- end -}}
