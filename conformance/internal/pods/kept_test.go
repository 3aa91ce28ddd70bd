package pods

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// An injector of another release might take something away; this one does not, so it is told here.
func TestWhatAnInjectorTakesAwayIsNoticed(t *testing.T) {
	no := false
	written := corev1.Container{
		SecurityContext: &corev1.SecurityContext{Privileged: &no},
		Resources:       corev1.ResourceRequirements{Limits: corev1.ResourceList{corev1.ResourceMemory: resource.MustParse("1Gi")}},
		Env:             []corev1.EnvVar{{Name: "ECC_SIGNATURE_ALGORITHM", Value: "ECDSA"}},
		Ports:           []corev1.ContainerPort{{Name: "tls", ContainerPort: 8443}},
	}
	found := []string{}
	find := func(message string) { found = append(found, message) }
	kept(&written, written.DeepCopy(), find)
	if len(found) > 0 {
		t.Errorf("nothing is missing, got %q", found)
	}
	kept(&written, &corev1.Container{Env: []corev1.EnvVar{{Name: "ECC_SIGNATURE_ALGORITHM", Value: "RSA"}}}, find)
	want := []string{
		"its security context is not the one of the manifest once it is injected", "its resources are not those of the manifest once it is injected",
		"loses the variable ECC_SIGNATURE_ALGORITHM", "loses the port 8443",
	}
	if !slices.Equal(found, want) {
		t.Errorf("want %q, got %q", want, found)
	}
}
