// SPDX-License-Identifier: Apache-2.0

// Asks the API server's own admission plugin about requests of agents and of others, with the policy that is named by the first
// argument in force. Prints what it said of each, and exits with 1 if one was judged otherwise than it should.
package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	admissionregistration "k8s.io/api/admissionregistration/v1"
	core "k8s.io/api/core/v1"
	policy "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	meta1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizerfactory"
	dynamicfake "k8s.io/client-go/dynamic/fake"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"
)

// The policy source looks for changes about once a second.
const patience = 30 * time.Second

const account = "system:serviceaccount:lastcall:lastcall"

// One request and what should become of it: refused is a part of the refusal, and empty where it is let in.
type check struct {
	what      string
	user      string
	node      string // of the token; none where it is empty
	operation admission.Operation
	resource  string // with its subresource
	name      string
	object    runtime.Object
	old       runtime.Object
	dryRun    bool
	refused   string
}

func pod(node string) *core.Pod {
	return &core.Pod{ObjectMeta: meta1.ObjectMeta{Name: "llama", Namespace: "ai"}, Spec: core.PodSpec{NodeName: node}}
}

func node(name string) *core.Node {
	return &core.Node{ObjectMeta: meta1.ObjectMeta{Name: name}}
}

func checks() []check {
	const other = "may not change what is on node gpu-2"
	update, remove, create := admission.Update, admission.Delete, admission.Create
	eviction := &policy.Eviction{ObjectMeta: meta1.ObjectMeta{Name: "llama", Namespace: "ai"}}
	return []check{
		{"its own node", account, "gpu-1", update, "nodes", "gpu-1", node("gpu-1"), node("gpu-1"), false, ""},
		{"its own node's status", account, "gpu-1", update, "nodes/status", "gpu-1", node("gpu-1"), node("gpu-1"), false, ""},
		{"its own node, rehearsed", account, "gpu-1", update, "nodes", "gpu-1", node("gpu-1"), node("gpu-1"), true, ""},
		{"another node", account, "gpu-1", update, "nodes", "gpu-2", node("gpu-2"), node("gpu-2"), false, other},
		{"another node's status", account, "gpu-1", update, "nodes/status", "gpu-2", node("gpu-2"), node("gpu-2"), false, other},
		{"another node, rehearsed", account, "gpu-1", update, "nodes", "gpu-2", node("gpu-2"), node("gpu-2"), true, other},
		{"status of a pod on it", account, "gpu-1", update, "pods/status", "llama", pod("gpu-1"), pod("gpu-1"), false, ""},
		{"status of a pod elsewhere", account, "gpu-1", update, "pods/status", "llama", pod("gpu-2"), pod("gpu-2"), false, other},
		{"a pod that the request puts here", account, "gpu-1", update, "pods/status", "llama", pod("gpu-1"), pod("gpu-2"), false, other},
		{"deletion of a pod on it", account, "gpu-1", remove, "pods", "llama", nil, pod("gpu-1"), false, ""},
		{"deletion of a pod elsewhere", account, "gpu-1", remove, "pods", "llama", nil, pod("gpu-2"), false, other},
		{"deletion of a pod on no node", account, "gpu-1", remove, "pods", "llama", nil, pod(""), false, "on no node"},
		{"eviction of any pod: not bound", account, "gpu-1", create, "pods/eviction", "llama", eviction, nil, false, ""},
		{"a token without a node: node", account, "", update, "nodes", "gpu-1", node("gpu-1"), node("gpu-1"), false, "names no node"},
		{"a token without a node: pod", account, "", remove, "pods", "llama", nil, pod("gpu-1"), false, "names no node"},
		{"a token without a node: pod on none", account, "", remove, "pods", "llama", nil, pod(""), false, "names no node"},
		{"the kubelet's status", "system:node:gpu-2", "", update, "nodes/status", "gpu-2", node("gpu-2"), node("gpu-2"), false, ""},
		{"an administrator", "admin", "", remove, "pods", "llama", nil, pod("gpu-2"), false, ""},
		{"that name elsewhere", "system:serviceaccount:ai:lastcall", "gpu-1", update, "nodes", "gpu-2", node("gpu-2"), node("gpu-2"), false, ""},
	}
}

func (c check) attributes() admission.Attributes {
	resource, subresource, _ := strings.Cut(c.resource, "/")
	kind, namespace := core.SchemeGroupVersion.WithKind("Pod"), "ai"
	switch {
	case resource == "nodes":
		kind, namespace = core.SchemeGroupVersion.WithKind("Node"), ""
	case subresource == "eviction":
		kind = policy.SchemeGroupVersion.WithKind("Eviction")
	}
	// As the API server's authenticator fills it in from the token's claims.
	who := &user.DefaultInfo{Name: c.user}
	if c.node != "" {
		who.Extra = map[string][]string{"authentication.kubernetes.io/node-name": {c.node},
			"authentication.kubernetes.io/pod-name": {"lastcall-x"}}
	}
	var options runtime.Object = &meta1.UpdateOptions{}
	switch c.operation {
	case admission.Delete:
		options = &meta1.DeleteOptions{}
	case admission.Create:
		options = &meta1.CreateOptions{}
	}
	return admission.NewAttributesRecord(c.object, c.old, kind, namespace, c.name,
		core.SchemeGroupVersion.WithResource(resource), subresource, c.operation, options, c.dryRun, who)
}

func load(file string) ([]runtime.Object, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	objects := []runtime.Object{}
	for _, document := range bytes.Split(text, []byte("\n---\n")) {
		var kind meta1.TypeMeta
		if err := yaml.Unmarshal(document, &kind); err != nil {
			return nil, err
		}
		object, err := scheme.Scheme.New(kind.GroupVersionKind())
		if err != nil {
			return nil, err
		}
		if err := yaml.UnmarshalStrict(document, object); err != nil {
			return nil, err
		}
		// As the API server does when it stores one.
		scheme.Scheme.Default(object)
		if one, is := object.(*admissionregistration.ValidatingAdmissionPolicy); is {
			all, equivalent := admissionregistration.AllScopes, admissionregistration.Equivalent
			one.Spec.MatchConstraints.MatchPolicy = &equivalent
			one.Spec.MatchConstraints.NamespaceSelector = &meta1.LabelSelector{}
			one.Spec.MatchConstraints.ObjectSelector = &meta1.LabelSelector{}
			for i := range one.Spec.MatchConstraints.ResourceRules {
				one.Spec.MatchConstraints.ResourceRules[i].Scope = &all
			}
		}
		objects = append(objects, object)
	}
	return objects, nil
}

func start(ctx context.Context, objects []runtime.Object) (*validating.Plugin, error) {
	client := fake.NewClientset(append(objects, &core.Namespace{ObjectMeta: meta1.ObjectMeta{Name: "ai"}})...)
	factory := informers.NewSharedInformerFactory(client, 0)
	plugin, err := validating.NewPlugin(nil)
	if err != nil {
		return nil, err
	}
	plugin.SetExternalKubeClientSet(client)
	plugin.SetExternalKubeInformerFactory(factory)
	plugin.SetRESTMapper(meta.NewDefaultRESTMapper(nil))
	plugin.SetDynamicClient(dynamicfake.NewSimpleDynamicClient(scheme.Scheme))
	plugin.SetUnconditionalAuthorizer(authorizerfactory.NewAlwaysAllowAuthorizer())
	plugin.SetDrainedNotification(ctx.Done())
	if err := plugin.ValidateInitialization(); err != nil {
		return nil, err
	}
	factory.Start(ctx.Done())
	return plugin, nil
}

func verdict(err error) string {
	if err == nil {
		return "let in"
	}
	status := "refused"
	if known, is := err.(apierrors.APIStatus); is {
		status = fmt.Sprintf("refused, %d", known.Status().Code)
	}
	return status + ": " + err.Error()
}

func run(file string) error {
	objects, err := load(file)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	plugin, err := start(ctx, objects)
	if err != nil {
		return err
	}
	interfaces := admission.NewObjectInterfacesFromScheme(scheme.Scheme)
	ask := func(one check) error { return plugin.Validate(ctx, one.attributes(), interfaces) }

	all := checks()
	// Until the plugin has read the policy it lets everything in; the fourth must be refused.
	for began := time.Now(); ask(all[3]) == nil; time.Sleep(100 * time.Millisecond) {
		if time.Since(began) > patience {
			return fmt.Errorf("the policy does not come into force: %s is let in after %s", all[3].what, patience)
		}
	}
	wrong := 0
	for _, one := range all {
		said := ask(one)
		mark := "  "
		if (said == nil) != (one.refused == "") || said != nil &&
			!(apierrors.IsForbidden(said) && strings.Contains(said.Error(), one.refused)) {
			mark = "! "
			wrong++
		}
		fmt.Printf("%s%-38s %s\n", mark, one.what, verdict(said))
	}
	if wrong > 0 {
		return fmt.Errorf("%d of %d requests were judged otherwise than they should", wrong, len(all))
	}
	fmt.Printf("all %d requests were judged as they should\n", len(all))
	return nil
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: policy FILE")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "proof:", err)
		os.Exit(1)
	}
}
