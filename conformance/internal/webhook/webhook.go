// Package webhook asks istiod's admission webhook, in process, what it says about every object of Istio.
package webhook

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"

	admission "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"istio.io/istio/pkg/config/schema/collections"
	"istio.io/istio/pkg/webhooks/validation/server"

	"cdk8s-istio-egress/conformance/internal/manifests"
	"cdk8s-istio-egress/conformance/internal/verdict"
)

// Check is the name of this check in a report.
const Check = "webhook"

// Checker is the webhook's handler.
type Checker struct {
	mux *http.ServeMux
}

// New makes the webhook as istiod does.
func New(clusterDomain string) (*Checker, error) {
	mux := http.NewServeMux()
	_, err := server.New(server.Options{Schemas: collections.PilotGatewayAPI(), DomainSuffix: clusterDomain, Mux: mux})
	return &Checker{mux: mux}, err
}

// Run reviews every object of Istio in a set; a warning is a finding as well.
func (c *Checker) Run(set *manifests.Set) *verdict.Result {
	result := verdict.New(set.Name, Check, "objects")
	for _, o := range set.Namespaced() {
		if !manifests.IsIstio(o) {
			continue
		}
		result.Checked++
		raw, err := o.MarshalJSON()
		if err != nil {
			result.Find(manifests.Subject(o), err.Error())
			continue
		}
		answer, err := c.review(raw, o.GroupVersionKind().Kind, o.GetNamespace())
		switch {
		case err != nil:
			result.Find(manifests.Subject(o), err.Error())
		case !answer.Allowed:
			result.Find(manifests.Subject(o), "rejected: "+line(answer.Result.Message))
		default:
			for _, w := range answer.Warnings {
				result.Find(manifests.Subject(o), "warning: "+line(w))
			}
		}
	}
	return result
}

func (c *Checker) review(object []byte, kind, namespace string) (*admission.AdmissionResponse, error) {
	body, err := json.Marshal(admission.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: "admission.k8s.io/v1", Kind: "AdmissionReview"},
		Request: &admission.AdmissionRequest{
			UID:       "1",
			Kind:      metav1.GroupVersionKind{Kind: kind},
			Namespace: namespace,
			Operation: admission.Create,
			Object:    runtime.RawExtension{Raw: object},
		},
	})
	if err != nil {
		return nil, err
	}
	request := httptest.NewRequest(http.MethodPost, "/validate", strings.NewReader(string(body)))
	request.Header.Set("Content-Type", "application/json")
	recorder := httptest.NewRecorder()
	c.mux.ServeHTTP(recorder, request)
	review := &admission.AdmissionReview{}
	if err := json.Unmarshal(recorder.Body.Bytes(), review); err != nil {
		return nil, err
	}
	return review.Response, nil
}

func line(text string) string {
	return strings.Join(strings.Fields(text), " ")
}
