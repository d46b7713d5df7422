;; The entropy-coded part of a baseline JPEG (ITU-T T.81, F.2.2), of which only the four lowest coefficients of each
;; luma block are kept: enough for the means of its four quarters. Everything else is skipped code by code. See
;; pdq-jpeg.ts, which writes the tables and reads the plane.
(module
  (memory (export "memory") 2)

  ;; From 0: i32 MCUs a row, i32 address behind the block list, i32 address of the plane, i32 bytes of its row, i32 bytes of
  ;; a row of MCUs in it, i32 bytes of an MCU in its row; from 24: f32 factors of the four coefficients.
  ;; From 64: the blocks of an MCU, 12 bytes each: address of the DC table, of the AC table, and where in the MCU's part of
  ;; the plane the block's four values go, or -1 for a block that is skipped.
  ;; A table: 4096 entries for the codes of up to 12 bits, by the next 12 bits; then for each length from 13 to 16 the
  ;; least code, the greatest and what to add to it for its entry, 12 bytes each; then the entries of all codes. Behind an
  ;; AC table 4096 entries more, which stand for two codes where both and their values are within the 12 bits.
  ;; An entry: bits 0-7 length of the code and of the value behind it, 8-15 how far it moves on, 16-23 length of the
  ;; value. 0 is no code.

  ;; The entry of a code of more than 12 bits; `w` begins with it.
  (func $long (param $table i32) (param $w i64) (result i32)
    (local $length i32) (local $at i32) (local $code i32)
    (local.set $length (i32.const 13))
    (local.set $at (i32.add (local.get $table) (i32.const 16384)))
    (loop $next
      (local.set $code (i32.wrap_i64
        (i64.shr_u (local.get $w) (i64.extend_i32_u (i32.sub (i32.const 64) (local.get $length))))))
      (if (i32.and
            (i32.ge_s (local.get $code) (i32.load (local.get $at)))
            (i32.le_s (local.get $code) (i32.load offset=4 (local.get $at))))
        (then (return (i32.load offset=16432 (i32.add (local.get $table)
          (i32.shl (i32.add (local.get $code) (i32.load offset=8 (local.get $at))) (i32.const 2)))))))
      (local.set $at (i32.add (local.get $at) (i32.const 12)))
      (br_if $next (i32.le_u (local.tee $length (i32.add (local.get $length) (i32.const 1))) (i32.const 16))))
    (i32.const 0))

  ;; The entry of the one code that `w` begins with.
  (func $single (param $table i32) (param $w i64) (result i32)
    (local $entry i32)
    (local.set $entry (i32.load (i32.add (local.get $table)
      (i32.shl (i32.wrap_i64 (i64.shr_u (local.get $w) (i64.const 52))) (i32.const 2)))))
    (if (result i32) (local.get $entry)
      (then (local.get $entry))
      (else (call $long (local.get $table) (local.get $w)))))

  ;; The value behind a code (T.81, F.2.2.1, EXTEND). `size` is not 0.
  (func $value (param $w i64) (param $entry i32) (result i32)
    (local $size i32) (local $bits i32)
    (local.set $size (i32.shr_u (local.get $entry) (i32.const 16)))
    (local.set $bits (i32.wrap_i64 (i64.shr_u
      (i64.shl (local.get $w)
        (i64.extend_i32_u (i32.sub (i32.and (local.get $entry) (i32.const 255)) (local.get $size))))
      (i64.extend_i32_u (i32.sub (i32.const 64) (local.get $size))))))
    (if (i32.lt_u (local.get $bits) (i32.shl (i32.const 1) (i32.sub (local.get $size) (i32.const 1))))
      (then (local.set $bits (i32.sub (local.get $bits)
        (i32.sub (i32.shl (i32.const 1) (local.get $size)) (i32.const 1))))))
    (local.get $bits))

  ;; Copies `n` bytes without the zeros stuffed behind 0xff, last byte first, so that a little-endian load has the earlier
  ;; bytes above the later: the first goes to `top` - 1. Ends before a marker; returns how many bytes were read, all of
  ;; them where there was none. Up to 15 bytes beyond `n` are read; the bytes written are left in `written`.
  (global $written (export "written") (mut i32) (i32.const 0))
  (func (export "unstuff") (param $src i32) (param $n i32) (param $top i32) (result i32)
    (local $at i32) (local $to i32) (local $end i32) (local $byte i32) (local $chunk v128)
    (local.set $at (local.get $src))
    (local.set $to (local.get $top))
    (local.set $end (i32.add (local.get $src) (local.get $n)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (if (i32.le_u (i32.add (local.get $at) (i32.const 16)) (local.get $end))
          (then
            (local.set $chunk (v128.load (local.get $at)))
            (if (i32.eqz (v128.any_true (i8x16.eq (local.get $chunk) (v128.const i32x4 -1 -1 -1 -1))))
              (then
                (local.set $to (i32.sub (local.get $to) (i32.const 16)))
                (v128.store (local.get $to) (i8x16.shuffle 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0
                  (local.get $chunk) (local.get $chunk)))
                (local.set $at (i32.add (local.get $at) (i32.const 16)))
                (br $next)))))
        (local.set $byte (i32.load8_u (local.get $at)))
        (if (i32.eq (local.get $byte) (i32.const 255))
          (then
            (br_if $done (i32.load8_u offset=1 (local.get $at)))
            (local.set $at (i32.add (local.get $at) (i32.const 1)))))
        (i32.store8 (local.tee $to (i32.sub (local.get $to) (i32.const 1))) (local.get $byte))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $next)))
    (global.set $written (i32.sub (local.get $top) (local.get $to)))
    (i32.sub (local.get $at) (local.get $src)))

  ;; Decodes `count` MCUs from number `mcu` on, of a stream that `unstuff` left below `top`. Returns the bits read, or -1
  ;; when they are not what a baseline JPEG has or are more than `bits`.
  (func (export "scan") (param $top i32) (param $bits i32) (param $mcu i32) (param $count i32) (result i32)
    (local $p i32) (local $w i64) (local $entry i32) (local $k i32) (local $next i32) (local $length i32)
    (local $block i32) (local $blocks i32) (local $table i32) (local $to i32)
    (local $column i32) (local $wide i32) (local $row i32) (local $place i32)
    (local $mean i32) (local $across i32) (local $down i32) (local $both i32)
    (local $m f32) (local $a f32) (local $d f32) (local $b f32)
    (local.set $top (i32.sub (local.get $top) (i32.const 8)))
    (local.set $wide (i32.load (i32.const 0)))
    (local.set $blocks (i32.load (i32.const 4)))
    (local.set $column (i32.rem_u (local.get $mcu) (local.get $wide)))
    (local.set $row (i32.add (i32.load (i32.const 8))
      (i32.mul (i32.div_u (local.get $mcu) (local.get $wide)) (i32.load (i32.const 16)))))
    (loop $nextMcu
      (local.set $place (i32.add (local.get $row) (i32.mul (local.get $column) (i32.load (i32.const 20)))))
      (local.set $block (i32.const 64))
      (loop $nextBlock
        (local.set $to (i32.load offset=8 (local.get $block)))
        (local.set $table (i32.load (local.get $block)))
        (local.set $w (i64.shl
          (i64.load (i32.sub (local.get $top) (i32.shr_u (local.get $p) (i32.const 3))))
          (i64.extend_i32_u (i32.and (local.get $p) (i32.const 7)))))
        (local.set $entry (i32.load (i32.add (local.get $table)
          (i32.shl (i32.wrap_i64 (i64.shr_u (local.get $w) (i64.const 52))) (i32.const 2)))))
        (if (i32.eqz (local.get $entry))
          (then
            (if (i32.eqz (local.tee $entry (call $long (local.get $table) (local.get $w))))
              (then (return (i32.const -1))))))
        (local.set $p (i32.add (local.get $p) (i32.and (local.get $entry) (i32.const 255))))
        (local.set $table (i32.load offset=4 (local.get $block)))
        (local.set $k (i32.const 1))
        (if (i32.ge_s (local.get $to) (i32.const 0))
          (then
            (if (i32.shr_u (local.get $entry) (i32.const 16))
              (then (local.set $mean (i32.add (local.get $mean) (call $value (local.get $w) (local.get $entry))))))
            (local.set $across (i32.const 0))
            (local.set $down (i32.const 0))
            (local.set $both (i32.const 0))
            ;; Coefficients 1, 2 and 4 in zigzag order are the lowest across, down and both.
            (loop $nextLow
              (local.set $w (i64.shl
                (i64.load (i32.sub (local.get $top) (i32.shr_u (local.get $p) (i32.const 3))))
                (i64.extend_i32_u (i32.and (local.get $p) (i32.const 7)))))
              (local.set $entry (i32.load (i32.add (local.get $table)
                (i32.shl (i32.wrap_i64 (i64.shr_u (local.get $w) (i64.const 52))) (i32.const 2)))))
              (if (i32.eqz (local.get $entry))
                (then
                  (if (i32.eqz (local.tee $entry (call $long (local.get $table) (local.get $w))))
                    (then (return (i32.const -1))))))
              (local.set $p (i32.add (local.get $p) (i32.and (local.get $entry) (i32.const 255))))
              (local.set $k (i32.add (local.get $k)
                (i32.and (i32.shr_u (local.get $entry) (i32.const 8)) (i32.const 255))))
              (if (i32.le_u (local.get $k) (i32.const 5))
                (then
                  (if (i32.eq (local.get $k) (i32.const 2))
                    (then (local.set $across (call $value (local.get $w) (local.get $entry))))
                    (else (if (i32.eq (local.get $k) (i32.const 3))
                      (then (local.set $down (call $value (local.get $w) (local.get $entry))))
                      (else (if (i32.eq (local.get $k) (i32.const 5))
                        (then (local.set $both (call $value (local.get $w) (local.get $entry)))))))))
                  (br_if $nextLow (i32.lt_u (local.get $k) (i32.const 5))))))
            (local.set $m (f32.add (f32.const 128) (f32.mul (f32.load (i32.const 24)) (f32.convert_i32_s (local.get $mean)))))
            (local.set $a (f32.mul (f32.load (i32.const 28)) (f32.convert_i32_s (local.get $across))))
            (local.set $d (f32.mul (f32.load (i32.const 32)) (f32.convert_i32_s (local.get $down))))
            (local.set $b (f32.mul (f32.load (i32.const 36)) (f32.convert_i32_s (local.get $both))))
            (local.set $to (i32.add (local.get $to) (local.get $place)))
            (f32.store (local.get $to)
              (f32.add (f32.add (local.get $m) (local.get $a)) (f32.add (local.get $d) (local.get $b))))
            (f32.store offset=4 (local.get $to)
              (f32.add (f32.sub (local.get $m) (local.get $a)) (f32.sub (local.get $d) (local.get $b))))
            (local.set $to (i32.add (local.get $to) (i32.load (i32.const 12))))
            (f32.store (local.get $to)
              (f32.sub (f32.add (local.get $m) (local.get $a)) (f32.add (local.get $d) (local.get $b))))
            (f32.store offset=4 (local.get $to)
              (f32.sub (f32.sub (local.get $m) (local.get $a)) (f32.sub (local.get $d) (local.get $b))))))
        (if (i32.and (i32.gt_u (local.get $k) (i32.const 64)) (i32.lt_u (local.get $k) (i32.const 128)))
          (then (return (i32.const -1))))
        ;; The rest is skipped, by two codes at a time where they fit 12 bits, and twice for each load: of its 57 bits the first
        ;; takes 31 at most.
        (block $done
          (br_if $done (i32.ge_u (local.get $k) (i32.const 64)))
          (loop $nextHigh
            (local.set $w (i64.shl
              (i64.load (i32.sub (local.get $top) (i32.shr_u (local.get $p) (i32.const 3))))
              (i64.extend_i32_u (i32.and (local.get $p) (i32.const 7)))))
            (local.set $entry (i32.load offset=17456 (i32.add (local.get $table)
              (i32.shl (i32.wrap_i64 (i64.shr_u (local.get $w) (i64.const 52))) (i32.const 2)))))
            (local.set $next (i32.add (local.get $k) (i32.shr_u (local.get $entry) (i32.const 8))))
            ;; No code of up to 12 bits, or a pair of which the first code was the block's last: one code by itself.
            (if (i32.or (i32.eqz (local.get $entry)) (i32.or (i32.ge_u (local.get $next) (i32.const 192))
                  (i32.and (i32.gt_u (local.get $next) (i32.const 64)) (i32.lt_u (local.get $next) (i32.const 128)))))
              (then
                (if (i32.eqz (local.tee $entry (call $single (local.get $table) (local.get $w))))
                  (then (return (i32.const -1))))
                (local.set $next (i32.add (local.get $k)
                  (i32.and (i32.shr_u (local.get $entry) (i32.const 8)) (i32.const 255))))
                ;; 64: the last coefficient was coded; above 128: the end of the block was; between: a run beyond its end.
                (if (i32.and (i32.gt_u (local.get $next) (i32.const 64)) (i32.lt_u (local.get $next) (i32.const 128)))
                  (then (return (i32.const -1))))))
            (local.set $k (local.get $next))
            (local.set $length (i32.and (local.get $entry) (i32.const 255)))
            (local.set $p (i32.add (local.get $p) (local.get $length)))
            (br_if $done (i32.ge_u (local.get $k) (i32.const 64)))
            (br_if $nextHigh (i32.gt_u (local.get $length) (i32.const 26)))
            (local.set $w (i64.shl (local.get $w) (i64.extend_i32_u (local.get $length))))
            (local.set $entry (i32.load offset=17456 (i32.add (local.get $table)
              (i32.shl (i32.wrap_i64 (i64.shr_u (local.get $w) (i64.const 52))) (i32.const 2)))))
            (local.set $next (i32.add (local.get $k) (i32.shr_u (local.get $entry) (i32.const 8))))
            ;; No code of up to 12 bits, or a pair of which the first code was the block's last: one code by itself.
            (if (i32.or (i32.eqz (local.get $entry)) (i32.or (i32.ge_u (local.get $next) (i32.const 192))
                  (i32.and (i32.gt_u (local.get $next) (i32.const 64)) (i32.lt_u (local.get $next) (i32.const 128)))))
              (then
                (if (i32.eqz (local.tee $entry (call $single (local.get $table) (local.get $w))))
                  (then (return (i32.const -1))))
                (local.set $next (i32.add (local.get $k)
                  (i32.and (i32.shr_u (local.get $entry) (i32.const 8)) (i32.const 255))))
                ;; 64: the last coefficient was coded; above 128: the end of the block was; between: a run beyond its end.
                (if (i32.and (i32.gt_u (local.get $next) (i32.const 64)) (i32.lt_u (local.get $next) (i32.const 128)))
                  (then (return (i32.const -1))))))
            (local.set $k (local.get $next))
            (local.set $length (i32.and (local.get $entry) (i32.const 255)))
            (local.set $p (i32.add (local.get $p) (local.get $length)))
            (br_if $nextHigh (i32.lt_u (local.get $k) (i32.const 64)))))
        (br_if $nextBlock (i32.lt_u (local.tee $block (i32.add (local.get $block) (i32.const 12))) (local.get $blocks))))
      (if (i32.gt_u (local.get $p) (local.get $bits))
        (then (return (i32.const -1))))
      (local.set $column (i32.add (local.get $column) (i32.const 1)))
      (if (i32.eq (local.get $column) (local.get $wide))
        (then
          (local.set $column (i32.const 0))
          (local.set $row (i32.add (local.get $row) (i32.load (i32.const 16))))))
      (br_if $nextMcu (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    (local.get $p))
)
