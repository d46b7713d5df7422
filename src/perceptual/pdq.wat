;; PDQ's filter and DCT, four float32 lanes at a time, in exactly the reference's order of operations (pdq-filter.ts is
;; the twin that a property test holds equal to this): a lane is always one row or one column, never a part of a sum.
;;
;; The picture passes through in strips of eight rows. A *band* below is a strip turned on its side: for each column x,
;; 32 bytes hold the eight rows' float32 values, so that the running sums along the rows are independent lanes.
(module
  (memory (export "memory") 1)

  ;; Constants, in memory because the compiler builds a constant anew wherever it is used, in loops too (three times slower):
  ;; which bytes are R, G, B of four pixels of 3 and of 4 bytes; the weights float32(0.299), (0.587), (0.114); a byte's mask.
  (data (i32.const 0)
    "\00\01\02\ff\03\04\05\ff\06\07\08\ff\09\0a\0b\ff" "\00\01\02\ff\04\05\06\ff\08\09\0a\ff\0c\0d\0e\ff"
    "\87\16\99\3e\87\16\99\3e\87\16\99\3e\87\16\99\3e" "\a2\45\16\3f\a2\45\16\3f\a2\45\16\3f\a2\45\16\3f"
    "\d5\78\e9\3d\d5\78\e9\3d\d5\78\e9\3d\d5\78\e9\3d" "\ff\00\00\00\ff\00\00\00\ff\00\00\00\ff\00\00\00")

  ;; Luma of a row of RGB (step 3) or RGBA (step 4): (0.299 R + 0.587 G) + 0.114 B, rounded as the reference rounds it.
  ;; Four pixels a turn: up to three pixels beyond `n` are read and written.
  (func (export "colour") (param $src i32) (param $dst i32) (param $n i32) (param $step i32)
    (local $end i32) (local $px v128) (local $pick v128) (local $byte v128)
    (local $red v128) (local $green v128) (local $blue v128)
    (local.set $pick (v128.load (i32.shl (i32.sub (local.get $step) (i32.const 3)) (i32.const 4))))
    (local.set $red (v128.load (i32.const 32)))
    (local.set $green (v128.load (i32.const 48)))
    (local.set $blue (v128.load (i32.const 64)))
    (local.set $byte (v128.load (i32.const 80)))
    (local.set $step (i32.shl (local.get $step) (i32.const 2)))
    (local.set $end (i32.add (local.get $dst) (i32.shl (local.get $n) (i32.const 2))))
    (loop $next
      (local.set $px (i8x16.swizzle (v128.load (local.get $src)) (local.get $pick)))
      (v128.store (local.get $dst)
        (f32x4.add
          (f32x4.add
            (f32x4.mul (local.get $red) (f32x4.convert_i32x4_s (v128.and (local.get $px) (local.get $byte))))
            (f32x4.mul (local.get $green)
              (f32x4.convert_i32x4_s (v128.and (i32x4.shr_u (local.get $px) (i32.const 8)) (local.get $byte)))))
          (f32x4.mul (local.get $blue) (f32x4.convert_i32x4_s (i32x4.shr_u (local.get $px) (i32.const 16))))))
      (local.set $src (i32.add (local.get $src) (local.get $step)))
      (br_if $next (i32.lt_u (local.tee $dst (i32.add (local.get $dst) (i32.const 16))) (local.get $end)))))

  ;; Grey (step 1) and grey with alpha (step 2): the value itself.
  (func (export "grey") (param $src i32) (param $dst i32) (param $n i32) (param $step i32)
    (local $end i32) (local $pick v128)
    (local.set $end (i32.add (local.get $dst) (i32.shl (local.get $n) (i32.const 2))))
    (local.set $pick (v128.const i8x16 0 -1 -1 -1 1 -1 -1 -1 2 -1 -1 -1 3 -1 -1 -1))
    (if (i32.eq (local.get $step) (i32.const 2))
      (then (local.set $pick (v128.const i8x16 0 -1 -1 -1 2 -1 -1 -1 4 -1 -1 -1 6 -1 -1 -1))))
    (loop $next
      (v128.store (local.get $dst)
        (f32x4.convert_i32x4_s (i8x16.swizzle (v128.load64_zero (local.get $src)) (local.get $pick))))
      (local.set $src (i32.add (local.get $src) (i32.shl (local.get $step) (i32.const 2))))
      (br_if $next (i32.lt_u (local.tee $dst (i32.add (local.get $dst) (i32.const 16))) (local.get $end)))))

  ;; Four rows of float32, `stride` bytes apart, into one half of a band. Four columns a step.
  (func (export "turn") (param $src i32) (param $stride i32) (param $band i32) (param $n i32)
    (local $end i32) (local $third i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $ab v128) (local $cd v128) (local $ef v128) (local $gh v128)
    (local.set $end (i32.add (local.get $band) (i32.shl (local.get $n) (i32.const 5))))
    (loop $next
      (local.set $third (i32.add (local.get $src) (i32.shl (local.get $stride) (i32.const 1))))
      (local.set $a (v128.load (local.get $src)))
      (local.set $b (v128.load (i32.add (local.get $src) (local.get $stride))))
      (local.set $c (v128.load (local.get $third)))
      (local.set $d (v128.load (i32.add (local.get $third) (local.get $stride))))
      (local.set $ab (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b)))
      (local.set $cd (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c) (local.get $d)))
      (local.set $ef (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b)))
      (local.set $gh (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d)))
      (v128.store (local.get $band) (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $ab) (local.get $cd)))
      (v128.store offset=32 (local.get $band) (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $ab) (local.get $cd)))
      (v128.store offset=64 (local.get $band) (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $ef) (local.get $gh)))
      (v128.store offset=96 (local.get $band) (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $ef) (local.get $gh)))
      (local.set $src (i32.add (local.get $src) (i32.const 16)))
      (br_if $next (i32.lt_u (local.tee $band (i32.add (local.get $band) (i32.const 128))) (local.get $end)))))

  ;; The box along the rows: sum = (sum + in[x]) - in[x - window]; out[x] = sum / count[x]. The band before `in` is zero.
  (func (export "across") (param $in i32) (param $n i32) (param $window i32) (param $counts i32) (param $out i32)
    (local $end i32) (local $count v128) (local $low v128) (local $high v128)
    (local.set $window (i32.shl (local.get $window) (i32.const 5)))
    (local.set $end (i32.add (local.get $in) (i32.shl (local.get $n) (i32.const 5))))
    (loop $next
      (local.set $count (v128.load32_splat (local.get $counts)))
      (local.set $low (f32x4.sub (f32x4.add (local.get $low) (v128.load (local.get $in)))
        (v128.load (i32.sub (local.get $in) (local.get $window)))))
      (local.set $high (f32x4.sub (f32x4.add (local.get $high) (v128.load offset=16 (local.get $in)))
        (v128.load offset=16 (i32.sub (local.get $in) (local.get $window)))))
      (v128.store (local.get $out) (f32x4.div (local.get $low) (local.get $count)))
      (v128.store offset=16 (local.get $out) (f32x4.div (local.get $high) (local.get $count)))
      (local.set $counts (i32.add (local.get $counts) (i32.const 4)))
      (local.set $out (i32.add (local.get $out) (i32.const 32)))
      (br_if $next (i32.lt_u (local.tee $in (i32.add (local.get $in) (i32.const 32))) (local.get $end)))))

  ;; The box down the columns, four rows of a band in place. For each four columns `sums` holds 16 bytes and `ring`
  ;; `ringSize`; row r takes the slot at byte `slot`r, and its sum is divided by `count`r.
  (func (export "down") (param $band i32) (param $n i32) (param $sums i32) (param $ring i32) (param $ringSize i32)
    (param $slot0 i32) (param $slot1 i32) (param $slot2 i32) (param $slot3 i32)
    (param $count0 f32) (param $count1 f32) (param $count2 f32) (param $count3 f32)
    (local $end i32) (local $at i32) (local $sum v128)
    (local $divisor0 v128) (local $divisor1 v128) (local $divisor2 v128) (local $divisor3 v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $ab v128) (local $cd v128) (local $ef v128) (local $gh v128)
    (local.set $divisor0 (f32x4.splat (local.get $count0)))
    (local.set $divisor1 (f32x4.splat (local.get $count1)))
    (local.set $divisor2 (f32x4.splat (local.get $count2)))
    (local.set $divisor3 (f32x4.splat (local.get $count3)))
    (local.set $end (i32.add (local.get $band) (i32.shl (local.get $n) (i32.const 5))))
    (loop $next
      (local.set $a (v128.load (local.get $band)))
      (local.set $b (v128.load offset=32 (local.get $band)))
      (local.set $c (v128.load offset=64 (local.get $band)))
      (local.set $d (v128.load offset=96 (local.get $band)))
      (local.set $ab (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b)))
      (local.set $cd (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c) (local.get $d)))
      (local.set $ef (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b)))
      (local.set $gh (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d)))
      (local.set $a (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $ab) (local.get $cd)))
      (local.set $b (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $ab) (local.get $cd)))
      (local.set $c (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $ef) (local.get $gh)))
      (local.set $d (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $ef) (local.get $gh)))

      (local.set $sum (v128.load (local.get $sums)))
      (local.set $at (i32.add (local.get $ring) (local.get $slot0)))
      (local.set $sum (f32x4.sub (f32x4.add (local.get $sum) (local.get $a)) (v128.load (local.get $at))))
      (v128.store (local.get $at) (local.get $a))
      (local.set $a (f32x4.div (local.get $sum) (local.get $divisor0)))
      (local.set $at (i32.add (local.get $ring) (local.get $slot1)))
      (local.set $sum (f32x4.sub (f32x4.add (local.get $sum) (local.get $b)) (v128.load (local.get $at))))
      (v128.store (local.get $at) (local.get $b))
      (local.set $b (f32x4.div (local.get $sum) (local.get $divisor1)))
      (local.set $at (i32.add (local.get $ring) (local.get $slot2)))
      (local.set $sum (f32x4.sub (f32x4.add (local.get $sum) (local.get $c)) (v128.load (local.get $at))))
      (v128.store (local.get $at) (local.get $c))
      (local.set $c (f32x4.div (local.get $sum) (local.get $divisor2)))
      (local.set $at (i32.add (local.get $ring) (local.get $slot3)))
      (local.set $sum (f32x4.sub (f32x4.add (local.get $sum) (local.get $d)) (v128.load (local.get $at))))
      (v128.store (local.get $at) (local.get $d))
      (local.set $d (f32x4.div (local.get $sum) (local.get $divisor3)))
      (v128.store (local.get $sums) (local.get $sum))

      (local.set $ab (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b)))
      (local.set $cd (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c) (local.get $d)))
      (local.set $ef (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b)))
      (local.set $gh (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d)))
      (v128.store (local.get $band) (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $ab) (local.get $cd)))
      (v128.store offset=32 (local.get $band) (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $ab) (local.get $cd)))
      (v128.store offset=64 (local.get $band) (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $ef) (local.get $gh)))
      (v128.store offset=96 (local.get $band) (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $ef) (local.get $gh)))
      (local.set $sums (i32.add (local.get $sums) (i32.const 16)))
      (local.set $ring (i32.add (local.get $ring) (local.get $ringSize)))
      (br_if $next (i32.lt_u (local.tee $band (i32.add (local.get $band) (i32.const 128))) (local.get $end)))))

  ;; The second box along the rows, of which only 64 outputs are wanted: the one that is complete at input column
  ;; `stops`[j], divided by `counts`[j]. The band before `in` is zero.
  (func (export "sample") (param $in i32) (param $window i32) (param $stops i32) (param $counts i32) (param $out i32)
    (local $base i32) (local $end i32) (local $last i32) (local $low v128) (local $high v128)
    (local.set $base (local.get $in))
    (local.set $window (i32.shl (local.get $window) (i32.const 5)))
    (local.set $last (i32.add (local.get $stops) (i32.const 256)))
    (loop $point
      (local.set $end (i32.add (local.get $base) (i32.shl (i32.load (local.get $stops)) (i32.const 5))))
      ;; A side under 64 is sampled more than once in the same place.
      (if (i32.le_u (local.get $in) (local.get $end))
        (then
          (loop $next
            (local.set $low (f32x4.sub (f32x4.add (local.get $low) (v128.load (local.get $in)))
              (v128.load (i32.sub (local.get $in) (local.get $window)))))
            (local.set $high (f32x4.sub (f32x4.add (local.get $high) (v128.load offset=16 (local.get $in)))
              (v128.load offset=16 (i32.sub (local.get $in) (local.get $window)))))
            (br_if $next (i32.le_u (local.tee $in (i32.add (local.get $in) (i32.const 32))) (local.get $end))))))
      (v128.store (local.get $out) (f32x4.div (local.get $low) (v128.load32_splat (local.get $counts))))
      (v128.store offset=16 (local.get $out) (f32x4.div (local.get $high) (v128.load32_splat (local.get $counts))))
      (local.set $out (i32.add (local.get $out) (i32.const 32)))
      (local.set $counts (i32.add (local.get $counts) (i32.const 4)))
      (br_if $point (i32.lt_u (local.tee $stops (i32.add (local.get $stops) (i32.const 4))) (local.get $last)))))

  ;; `out`[i][j] = sum over k, in order, of `left`[i][k] * `right`[k][j]; 16 rows, k to 64, `columns` (a multiple of 16)
  ;; wide. A lane is one j. With D and the grid it makes the half-transform, with that and D transposed the DCT.
  (func (export "multiply") (param $left i32) (param $right i32) (param $columns i32) (param $out i32)
    (local $i i32) (local $j i32) (local $k i32) (local $from i32) (local $scale v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local.set $columns (i32.shl (local.get $columns) (i32.const 2)))
    (loop $row
      (local.set $j (i32.const 0))
      (loop $block
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $b (v128.const i32x4 0 0 0 0))
        (local.set $c (v128.const i32x4 0 0 0 0))
        (local.set $d (v128.const i32x4 0 0 0 0))
        (local.set $from (i32.add (local.get $right) (local.get $j)))
        (local.set $k (i32.const 0))
        (loop $next
          (local.set $scale (v128.load32_splat (i32.add (local.get $left) (local.get $k))))
          (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $scale) (v128.load (local.get $from)))))
          (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $scale) (v128.load offset=16 (local.get $from)))))
          (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $scale) (v128.load offset=32 (local.get $from)))))
          (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $scale) (v128.load offset=48 (local.get $from)))))
          (local.set $from (i32.add (local.get $from) (local.get $columns)))
          (br_if $next (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 4))) (i32.const 256))))
        (v128.store (i32.add (local.get $out) (local.get $j)) (local.get $a))
        (v128.store offset=16 (i32.add (local.get $out) (local.get $j)) (local.get $b))
        (v128.store offset=32 (i32.add (local.get $out) (local.get $j)) (local.get $c))
        (v128.store offset=48 (i32.add (local.get $out) (local.get $j)) (local.get $d))
        (br_if $block (i32.lt_u (local.tee $j (i32.add (local.get $j) (i32.const 64))) (local.get $columns))))
      (local.set $out (i32.add (local.get $out) (local.get $columns)))
      (local.set $left (i32.add (local.get $left) (i32.const 256)))
      (br_if $row (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 16)))))
)
