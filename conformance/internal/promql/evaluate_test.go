package promql

import (
	"fmt"
	"testing"
)

// count is what the library writes for a counter, of a window of 5 minutes.
const count = `sum by (pod) ((a{pod="x"} unless last_over_time(a{pod="x"}[1h] offset 5m)) or increase(a{pod="x"}[5m]))`

func minutes(from, to int64) []int64 {
	all := []int64{}
	for minute := from; minute <= to; minute++ {
		all = append(all, 60*minute)
	}
	return all
}

func TestEvaluate(t *testing.T) {
	const now = 120
	target := map[string]string{"pod": "x"}
	for _, c := range []struct {
		name    string
		scrapes []Scrape
		want    string
	}{
		{"nothing has happened", []Scrape{{minutes(60, now), target, "a 7\n"}}, "[0]"},
		{"a series that was there has counted", []Scrape{{minutes(60, now-1), target, "a 7\n"}, {[]int64{60 * now}, target, "a 8\n"}}, "[1]"},
		{"a series that has just begun counts from zero", []Scrape{{minutes(now-1, now), target, "a 3\n"}}, "[3]"},
		{"a series that began with zero and was scraped once", []Scrape{{[]int64{60 * now}, target, "a 0\n"}}, "[0]"},
		{"a break in the scrapes is no beginning", []Scrape{{minutes(70, now-20), target, "a 7\n"}, {minutes(now-1, now), target, "a 7\n"}}, "[0]"},
		{"another pod", []Scrape{{minutes(60, now), map[string]string{"pod": "y"}, "a 7\n"}}, "[]"},
		{"Envoy's empty labels", []Scrape{{minutes(now-1, now), target, "# TYPE a counter\na{} 2\n"}}, "[2]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			memory, err := Remember(c.scrapes)
			if err != nil {
				t.Fatal(err)
			}
			values, err := memory.Evaluate(count, 60*now)
			if err != nil {
				t.Fatal(err)
			}
			rounded := []int{}
			for _, value := range values {
				rounded = append(rounded, int(value.Value+0.5))
			}
			if got := fmt.Sprint(rounded); got != c.want {
				t.Errorf("want %s, got %s", c.want, got)
			}
		})
	}
}

func TestRefusesWhatIsNoScrape(t *testing.T) {
	if _, err := Remember([]Scrape{{[]int64{1}, nil, "a b c\n"}}); err == nil {
		t.Error("no error")
	}
}
