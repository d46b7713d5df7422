;; Sums of samples for blockhash.ts, sixteen bytes at a time. Everything is an exact integer, so order does not matter.
(module
  (memory (export "memory") 1)

  ;; Adds up the segments of `rows` rows. `ends` holds `count` byte offsets within a row, ascending, each the end of one
  ;; segment and the beginning of the next (the first begins at 0); `out` receives `count` unsigned 32-bit sums, so a call
  ;; takes no more rows than fit them. Alpha is not counted; a pixel whose alpha is 0
  ;; counts as white: `alpha` says of how many bytes a pixel with alpha is (4 or 2), or 0.
  ;; Up to sixteen bytes beyond the last row are read.
  (func (export "sums") (param $src i32) (param $rows i32) (param $rowBytes i32) (param $ends i32) (param $count i32)
    (param $out i32) (param $alpha i32)
    (local $at i32) (local $stop i32) (local $segment i32) (local $left i32)
    (local $keep v128) (local $px v128) (local $sum v128)
    (local.set $keep (v128.const i32x4 -1 -1 -1 -1))
    (if (i32.eq (local.get $alpha) (i32.const 4))
      (then (local.set $keep (v128.const i32x4 0xffffff 0xffffff 0xffffff 0xffffff))))
    (if (i32.eq (local.get $alpha) (i32.const 2))
      (then (local.set $keep (v128.const i32x4 0xff00ff 0xff00ff 0xff00ff 0xff00ff))))
    (memory.fill (local.get $out) (i32.const 0) (i32.shl (local.get $count) (i32.const 2)))
    (loop $nextRow
      (local.set $at (local.get $src))
      (local.set $segment (i32.const 0))
      (loop $nextSegment
        (local.set $stop (i32.add (local.get $src) (i32.load (i32.add (local.get $ends) (local.get $segment)))))
        (local.set $sum (v128.const i32x4 0 0 0 0))
        (loop $next
          (local.set $px (v128.load (local.get $at)))
          (if (local.get $alpha)
            (then
              (if (i32.eq (local.get $alpha) (i32.const 4))
                (then (local.set $px (v128.or (local.get $px)
                  (i32x4.lt_u (local.get $px) (v128.const i32x4 0x1000000 0x1000000 0x1000000 0x1000000)))))
                (else (local.set $px (v128.or (local.get $px)
                  (i16x8.lt_u (local.get $px) (v128.const i32x4 0x1000100 0x1000100 0x1000100 0x1000100))))))
              (local.set $px (v128.and (local.get $px) (local.get $keep)))))
          (local.set $left (i32.sub (local.get $stop) (local.get $at)))
          ;; The last load of a segment: bytes that are the next one's are masked out. A byte stays where `left` exceeds its
          ;; index.
          (if (i32.lt_s (local.get $left) (i32.const 16))
            (then (local.set $px (v128.and (local.get $px)
              (i8x16.gt_s (i8x16.splat (local.get $left)) (v128.const i8x16 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15))))))
          (local.set $sum (i32x4.add (local.get $sum)
            (i32x4.extadd_pairwise_i16x8_u (i16x8.extadd_pairwise_i8x16_u (local.get $px)))))
          (br_if $next (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $stop))))
        (local.set $at (local.get $stop))
        (i32.store (i32.add (local.get $out) (local.get $segment))
          (i32.add (i32.load (i32.add (local.get $out) (local.get $segment)))
            (i32.add
              (i32.add (i32x4.extract_lane 0 (local.get $sum)) (i32x4.extract_lane 1 (local.get $sum)))
              (i32.add (i32x4.extract_lane 2 (local.get $sum)) (i32x4.extract_lane 3 (local.get $sum))))))
        (br_if $nextSegment (i32.lt_u (local.tee $segment (i32.add (local.get $segment) (i32.const 4)))
          (i32.shl (local.get $count) (i32.const 2)))))
      (local.set $src (i32.add (local.get $src) (local.get $rowBytes)))
      (br_if $nextRow (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))
)
