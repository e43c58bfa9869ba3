// What proof/policy is built of: the API server's own admission plugin.
module dev.lastcall/proof/own-node-policy

go 1.26

require (
	k8s.io/api v0.37.0
	k8s.io/apimachinery v0.37.0
	k8s.io/apiserver v0.37.0
	k8s.io/client-go v0.37.0
	sigs.k8s.io/yaml v1.6.0
)
