// The programs of proof/cluster, of which Go modules are the source. Only their version is read from here.
module dev.lastcall/proof/kubernetes

go 1.25

require k8s.io/kubernetes v1.35.4
