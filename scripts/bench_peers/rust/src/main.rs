// Times one kernel of a peer: arguments PEER KERNEL LOG_SIZE COLUMNS REPEAT, threads by RAYON_NUM_THREADS.
// Prints the milliseconds of each run as a JSON list.
use std::time::Instant;

use ark_bn254::{Fr, G1Affine, G1Projective};
use ark_ec::{CurveGroup, VariableBaseMSM};
use ark_poly::{EvaluationDomain, Radix2EvaluationDomain};
use ark_std::UniformRand;
use p3_dft::{Radix2Bowers, Radix2DFTSmallBatch, Radix2DitParallel, TwoAdicSubgroupDft};
use p3_field::PrimeCharacteristicRing;
use p3_goldilocks::Goldilocks;
use p3_matrix::dense::RowMajorMatrix;
use p3_matrix::Matrix;

// One run that is not counted, then `repeat` runs; input() is not timed.
fn time<I, R>(repeat: usize, mut input: impl FnMut() -> I, mut body: impl FnMut(I) -> R) -> Vec<f64> {
    let mut ms = Vec::new();
    for i in 0..=repeat {
        let argument = input();
        let start = Instant::now();
        let result = body(argument);
        if i > 0 {
            ms.push(start.elapsed().as_secs_f64() * 1000.0);
        }
        std::hint::black_box(result);
    }
    ms
}

fn arkworks_ntt(log_size: usize, repeat: usize) -> Vec<f64> {
    let mut rng = ark_std::test_rng();
    let domain = Radix2EvaluationDomain::<Fr>::new(1 << log_size).unwrap();
    let values: Vec<Fr> = (0..1 << log_size).map(|_| Fr::rand(&mut rng)).collect();
    time(repeat, || values.clone(), |mut v| {
        domain.fft_in_place(&mut v);
        v
    })
}

fn arkworks_msm(log_size: usize, repeat: usize) -> Vec<f64> {
    let mut rng = ark_std::test_rng();
    let start = G1Projective::rand(&mut rng);
    let step = G1Projective::rand(&mut rng);
    let points: Vec<G1Projective> = (0..1 << log_size)
        .scan(start, |p, _| {
            *p += step;
            Some(*p)
        })
        .collect();
    let points: Vec<G1Affine> = G1Projective::normalize_batch(&points);
    let scalars: Vec<Fr> = (0..1 << log_size).map(|_| Fr::rand(&mut rng)).collect();
    time(repeat, || (), |_| G1Projective::msm(&points, &scalars).unwrap())
}

// In natural order, on `columns` interleaved columns.
fn plonky3_ntt(dft: &impl TwoAdicSubgroupDft<Goldilocks>, log_size: usize, columns: usize, repeat: usize) -> Vec<f64> {
    let mut state = 1u64;
    let values: Vec<Goldilocks> = (0..columns << log_size)
        .map(|_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            Goldilocks::from_u64(state >> 1)
        })
        .collect();
    let matrix = RowMajorMatrix::new(values, columns);
    time(repeat, || matrix.clone(), |m| dft.dft_batch(m).to_row_major_matrix())
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |i: usize| arguments[i].parse::<usize>().expect("a number");
    let (log_size, columns, repeat) = (number(3), number(4), number(5));
    let ms = match (arguments[1].as_str(), arguments[2].as_str()) {
        ("arkworks", "ntt_fr") => arkworks_ntt(log_size, repeat),
        ("arkworks", "msm") => arkworks_msm(log_size, repeat),
        ("plonky3-parallel", "ntt_goldilocks") => {
            plonky3_ntt(&Radix2DitParallel::default(), log_size, columns, repeat)
        }
        ("plonky3-bowers", "ntt_goldilocks") => plonky3_ntt(&Radix2Bowers, log_size, columns, repeat),
        ("plonky3-small-batch", "ntt_goldilocks") => {
            plonky3_ntt(&Radix2DFTSmallBatch::new(1 << log_size), log_size, columns, repeat)
        }
        _ => panic!("expected a peer and a kernel that it has"),
    };
    println!("{ms:?}");
}
