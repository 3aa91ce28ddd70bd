// Command promql evaluates expressions over scrapes, with Prometheus's own engine.
//
//		promql < questions.json > answers.json
//
//		{
//		  "scrapes": [{"at": [1700000000, 1700000060], "labels": {"namespace": "egress", "pod": "gateway-0"}, "text": "envoy_tcp{...} 1\n"}],
//		  "at": 1700000060,
//		  "expressions": ["sum by (pod) (increase(envoy_tcp{namespace=\"egress\"}[5m])) >= 1"]
//		}
//
//	  - scrapes: what a target has answered, the labels that discovery gives its series, and when it was scraped. Times are in seconds since 1970.
//
// It answers in the order of the expressions, each with the series that it has then: {"answers": [[{"labels": {"pod": "gateway-0"}, "value": 1}]]}
//
// Exit status: 0 answered, 2 bad input.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"cdk8s-istio-egress/conformance/internal/promql"
)

type asked struct {
	Scrapes     []promql.Scrape `json:"scrapes"`
	At          int64           `json:"at"`
	Expressions []string        `json:"expressions"`
}

type answers struct {
	Answers [][]promql.Value `json:"answers"`
}

func main() {
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "promql: "+err.Error())
		os.Exit(2)
	}
}

func run(in io.Reader, out io.Writer) error {
	decoder := json.NewDecoder(in)
	decoder.DisallowUnknownFields()
	input := asked{}
	if err := decoder.Decode(&input); err != nil {
		return fmt.Errorf("standard input: not valid questions: %w", err)
	}
	memory, err := promql.Remember(input.Scrapes)
	if err != nil {
		return err
	}
	output := answers{}
	for _, expression := range input.Expressions {
		values, err := memory.Evaluate(expression, input.At)
		if err != nil {
			return fmt.Errorf("%s: %w", expression, err)
		}
		output.Answers = append(output.Answers, values)
	}
	return json.NewEncoder(out).Encode(output)
}
