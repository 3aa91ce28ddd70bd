package promql

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"
	engine "github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"
)

// Scrape of one target: what it has answered, the labels that discovery gives its series, and the times of the scrapes, in seconds.
type Scrape struct {
	At     []int64           `json:"at"`
	Labels map[string]string `json:"labels"`
	Text   string            `json:"text"`
}

// Value of a series at the time of an evaluation.
type Value struct {
	Labels map[string]string `json:"labels"`
	Value  float64           `json:"value"`
}

// Memory of a Prometheus.
type Memory struct {
	series map[uint64]*remembered
}

type remembered struct {
	labels  labels.Labels
	samples []chunks.Sample
}

// Remember scrapes; those of one target are in the order of time.
func Remember(scrapes []Scrape) (*Memory, error) {
	memory := &Memory{series: map[uint64]*remembered{}}
	for _, scrape := range scrapes {
		if err := memory.add(scrape); err != nil {
			return nil, err
		}
	}
	return memory, nil
}

func (m *Memory) add(scrape Scrape) error {
	texts := textparse.NewPromParser([]byte(scrape.Text), labels.NewSymbolTable(), false)
	for {
		entry, err := texts.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("not the text of a scrape: %w", err)
		}
		if entry != textparse.EntrySeries {
			continue
		}
		_, _, value := texts.Series()
		own := labels.Labels{}
		texts.Labels(&own)
		builder := labels.NewBuilder(own)
		for name, text := range scrape.Labels {
			builder.Set(name, text)
		}
		all := builder.Labels()
		found, known := m.series[all.Hash()]
		if !known {
			found = &remembered{labels: all}
			m.series[all.Hash()] = found
		}
		for _, at := range scrape.At {
			found.samples = append(found.samples, sample{at: at * 1000, value: value})
		}
	}
}

// Evaluate an expression at a time, in seconds.
func (m *Memory) Evaluate(expression string, at int64) ([]Value, error) {
	evaluator := engine.NewEngine(engine.EngineOpts{MaxSamples: 1e6, Timeout: 10 * time.Second, Parser: expressions})
	defer evaluator.Close()
	query, err := evaluator.NewInstantQuery(context.Background(), m, nil, expression, time.Unix(at, 0))
	if err != nil {
		return nil, err
	}
	defer query.Close()
	vector, err := query.Exec(context.Background()).Vector()
	if err != nil {
		return nil, err
	}
	values := make([]Value, 0, len(vector))
	for _, found := range vector {
		values = append(values, Value{Labels: found.Metric.Map(), Value: found.F})
	}
	return values, nil
}

// Querier of everything that is remembered.
func (m *Memory) Querier(int64, int64) (storage.Querier, error) {
	return &storage.MockQuerier{SelectMockFunction: func(_ bool, _ *storage.SelectHints, matchers ...*labels.Matcher) storage.SeriesSet {
		found := []storage.Series{}
		for _, hash := range slices.Sorted(maps.Keys(m.series)) {
			if series := m.series[hash]; matchesAll(series.labels, matchers) {
				found = append(found, storage.NewListSeries(series.labels, series.samples))
			}
		}
		slices.SortFunc(found, func(a, b storage.Series) int { return labels.Compare(a.Labels(), b.Labels()) })
		return &set{series: found, at: -1}
	}}, nil
}

func matchesAll(of labels.Labels, matchers []*labels.Matcher) bool {
	for _, matcher := range matchers {
		if !matcher.Matches(of.Get(matcher.Name)) {
			return false
		}
	}
	return true
}

type set struct {
	series []storage.Series
	at     int
}

func (s *set) Next() bool                        { s.at++; return s.at < len(s.series) }
func (s *set) At() storage.Series                { return s.series[s.at] }
func (s *set) Err() error                        { return nil }
func (s *set) Warnings() annotations.Annotations { return nil }

type sample struct {
	at    int64
	value float64
}

func (s sample) T() int64                      { return s.at }
func (s sample) ST() int64                     { return 0 }
func (s sample) F() float64                    { return s.value }
func (s sample) H() *histogram.Histogram       { return nil }
func (s sample) FH() *histogram.FloatHistogram { return nil }
func (s sample) Type() chunkenc.ValueType      { return chunkenc.ValFloat }
func (s sample) Copy() chunks.Sample           { return s }
