// Times one kernel of gnark-crypto: arguments KERNEL LOG_SIZE THREADS REPEAT. Prints the milliseconds of each run as a
// JSON list. See ../bench_peers.py.
package main

import (
	"encoding/json"
	"fmt"
	"math/big"
	"os"
	"runtime"
	"strconv"
	"time"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr/fft"
)

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return n
}

func randomScalars(n int) []fr.Element {
	out := make([]fr.Element, n)
	for i := range out {
		if _, err := out[i].SetRandom(); err != nil {
			panic(err)
		}
	}
	return out
}

func main() {
	kernel, logSize, threads, repeat := os.Args[1], number(os.Args[2]), number(os.Args[3]), number(os.Args[4])
	runtime.GOMAXPROCS(threads)
	n := 1 << logSize
	scalars := randomScalars(n)

	var body func()
	switch kernel {
	case "ntt_fr": // natural to natural order
		domain := fft.NewDomain(uint64(n))
		body = func() {
			domain.FFT(scalars, fft.DIF, fft.WithNbTasks(threads))
			fft.BitReverse(scalars)
		}
	case "msm":
		_, _, generator, _ := bn254.Generators()
		multipliers := make([]fr.Element, n)
		for i := range multipliers {
			multipliers[i].SetBigInt(big.NewInt(int64(i)*7919 + 1))
		}
		points := bn254.BatchScalarMultiplicationG1(&generator, multipliers)
		body = func() {
			var sum bn254.G1Affine
			if _, err := sum.MultiExp(points, scalars, ecc.MultiExpConfig{NbTasks: threads}); err != nil {
				panic(err)
			}
		}
	default:
		panic("expected ntt_fr or msm")
	}

	body() // not counted
	ms := make([]float64, repeat)
	for i := range ms {
		start := time.Now()
		body()
		ms[i] = float64(time.Since(start).Nanoseconds()) / 1e6
	}
	out, err := json.Marshal(ms)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(out))
}
