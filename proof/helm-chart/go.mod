// The programs of proof/helm, of which Go modules are the source. Only their versions are read from here.
module dev.lastcall/proof/helm-chart

go 1.26

require helm.sh/helm/v3 v3.22.0
