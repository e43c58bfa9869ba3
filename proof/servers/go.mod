// Stores that people run, of which Go modules are the source: proof/stores builds these. Only their versions are read from here.
module dev.lastcall/proof/servers

go 1.26

require (
	github.com/fsouza/fake-gcs-server v1.56.1
	github.com/seaweedfs/seaweedfs v0.0.0-20261109003541-7506e5f91cd6
)
