;; Exact range search over 256-bit hashes: see hamming-engine.ts for the algorithm and hamming-layout.ts for the memory.
;;
;; The memory is shared: one thread writes, any number read (functions from $insert on are the writer's). What a reader
;; finds is a hint (a sketch), then a hint (a row number), then a row whose bits decide; so sketches and row numbers are
;; plain accesses, and a torn or stale one costs a comparison, or hides an entry that was inserted or removed meanwhile,
;; which it may. What decides is read with atomics: $confirm.
(module
  (import "clepsydra" "memory" (memory 1 65536 shared))

  ;; Header, at these addresses: 64 generation, 68 area, 72 rows, 76 chains, 84 end of memory,
  ;; 96 next overflow block, 100 end of those blocks, 104 postings in overflow blocks, 108 of them wasted.
  ;; 4096 permutation, 36864 segments, 53248 radii, 56320 masks.

  ;; Area: 0 slots, 4 ids, 8 bytes of a slot's sketches, 12 bytes of its row numbers, 16 capacity, 20 counts.
  ;; Overflow block of 64 bytes: 0 eight sketches, 16 eight row numbers, 48 next, 52 blocks from here on, 56 used, 60 holes.
  ;; Segment of 4096 rows: 0 hashes, 131072 ids, 147456 links. Link: 31 live, 30 member, 24..29 uses, 0..23 next.

  (func $rowAt (param $row i32) (result i32)
    (i32.add
      (i32.load offset=36864 (i32.and (i32.shr_u (local.get $row) (i32.const 10)) (i32.const 0x3ffc)))
      (i32.shl (i32.and (local.get $row) (i32.const 4095)) (i32.const 5))))

  (func $idAt (param $row i32) (result i32)
    (i32.add
      (i32.add
        (i32.load offset=36864 (i32.and (i32.shr_u (local.get $row) (i32.const 10)) (i32.const 0x3ffc)))
        (i32.const 131072))
      (i32.shl (i32.and (local.get $row) (i32.const 4095)) (i32.const 2))))

  (func $linkAt (param $row i32) (result i32)
    (i32.add (call $idAt (local.get $row)) (i32.const 16384)))

  ;; 32 bytes at $from, permuted, to $to, which may be the same: $table has, per half byte, the 256 bits that it sets.
  (func $permute (export "permute") (param $table i32) (param $from i32) (param $to i32)
    (local $at i32) (local $byte i32) (local $entry i32) (local $low v128) (local $high v128)
    (loop $bytes
      (local.set $byte (i32.load8_u (i32.add (local.get $from) (local.get $at))))
      (local.set $entry
        (i32.add (local.get $table) (i32.shl (i32.shr_u (local.get $byte) (i32.const 4)) (i32.const 5))))
      (local.set $low (v128.or (local.get $low) (v128.load (local.get $entry))))
      (local.set $high (v128.or (local.get $high) (v128.load offset=16 (local.get $entry))))
      (local.set $entry
        (i32.add (local.get $table) (i32.shl (i32.and (local.get $byte) (i32.const 15)) (i32.const 5))))
      (local.set $low (v128.or (local.get $low) (v128.load offset=512 (local.get $entry))))
      (local.set $high (v128.or (local.get $high) (v128.load offset=528 (local.get $entry))))
      (local.set $table (i32.add (local.get $table) (i32.const 1024)))
      (br_if $bytes (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 1))) (i32.const 32))))
    (v128.store (local.get $to) (local.get $low))
    (v128.store offset=16 (local.get $to) (local.get $high)))

  ;; Adds the lanes of $bits as candidates (address of the row number, chunk) while there is room.
  (func $emit
    (param $bits i32) (param $ids i32) (param $chunk i32) (param $out i32) (param $end i32) (result i32)
    (loop $lanes
      (if (i32.lt_u (local.get $out) (local.get $end))
        (then
          (i32.store (local.get $out)
            (i32.add (local.get $ids) (i32.mul (i32.ctz (local.get $bits)) (i32.const 3))))
          (i32.store offset=4 (local.get $out) (local.get $chunk))
          (local.set $out (i32.add (local.get $out) (i32.const 8)))))
      (br_if $lanes
        (local.tee $bits (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))))
    (local.get $out))

  ;; Lanes that differ from $next by at most $allowed bits: clearing the lowest set bit that often leaves zero.
  (func $near (param $at i32) (param $next v128) (param $allowed i32) (result i32)
    (local $y v128)
    (local.set $y (v128.xor (v128.load (local.get $at)) (local.get $next)))
    (if (local.get $allowed)
      (then
        (loop $bit
          (local.set $y
            (v128.and (local.get $y) (i16x8.add (local.get $y) (v128.const i16x8 -1 -1 -1 -1 -1 -1 -1 -1))))
          (br_if $bit (local.tee $allowed (i32.sub (local.get $allowed) (i32.const 1)))))))
    (i16x8.bitmask (i16x8.eq (local.get $y) (v128.const i64x2 0 0))))

  ;; The slots of $slot with each mask of $m..$mEnd (byte offsets in the list) flipped: vector by vector.
  (func $scanAny
    (param $area i32) (param $slot i32) (param $m i32) (param $mEnd i32)
    (param $chunk i32) (param $next v128) (param $allowed i32) (param $out i32) (param $end i32) (result i32)
    (local $slots i32) (local $stride i32) (local $s i32) (local $start i32) (local $at i32) (local $stop i32) (local $bits i32)
    (local.set $slots (i32.load (local.get $area)))
    (local.set $stride (i32.load offset=8 (local.get $area)))
    (loop $masks
      (local.set $s (i32.xor (local.get $slot) (i32.load16_u offset=56320 (local.get $m))))
      (local.set $start (i32.add (local.get $slots) (i32.mul (local.get $s) (local.get $stride))))
      (local.set $at (local.get $start))
      (local.set $stop (i32.add (local.get $start) (local.get $stride)))
      (loop $vectors
        (local.set $bits (call $near (local.get $at) (local.get $next) (local.get $allowed)))
        (if (local.get $bits)
          (then
            (local.set $out
              (call $emit
                (local.get $bits)
                (i32.add
                  (i32.add
                    (i32.load offset=4 (local.get $area))
                    (i32.mul (local.get $s) (i32.load offset=12 (local.get $area))))
                  (i32.shr_u (i32.mul (i32.sub (local.get $at) (local.get $start)) (i32.const 3)) (i32.const 1)))
                (local.get $chunk) (local.get $out) (local.get $end)))))
        (br_if $vectors
          (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $stop))))
      (br_if $masks (i32.lt_u (local.tee $m (i32.add (local.get $m) (i32.const 2))) (local.get $mEnd))))
    (local.get $out))

  ;; As $scanAny with two bits allowed and slots of whole lines: nine in ten slots at radius 31. The least lane of the
  ;; four vectors of a line is zero when any is, so that a line costs one test.
  (func $scanTwo
    (param $area i32) (param $slot i32) (param $m i32) (param $mEnd i32)
    (param $chunk i32) (param $next v128) (param $out i32) (param $end i32) (result i32)
    (local $slots i32) (local $stride i32) (local $s i32) (local $start i32) (local $at i32) (local $stop i32) (local $bits i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $ones v128) (local $k i32)
    (local.set $slots (i32.load (local.get $area)))
    (local.set $stride (i32.load offset=8 (local.get $area)))
    (local.set $ones (v128.const i16x8 -1 -1 -1 -1 -1 -1 -1 -1))
    (loop $masks
      (local.set $s (i32.xor (local.get $slot) (i32.load16_u offset=56320 (local.get $m))))
      (local.set $start (i32.add (local.get $slots) (i32.mul (local.get $s) (local.get $stride))))
      (local.set $at (local.get $start))
      (local.set $stop (i32.add (local.get $start) (local.get $stride)))
      (loop $lines
        (local.set $a (v128.xor (v128.load (local.get $at)) (local.get $next)))
        (local.set $b (v128.xor (v128.load offset=16 (local.get $at)) (local.get $next)))
        (local.set $c (v128.xor (v128.load offset=32 (local.get $at)) (local.get $next)))
        (local.set $d (v128.xor (v128.load offset=48 (local.get $at)) (local.get $next)))
        (local.set $a (v128.and (local.get $a) (i16x8.add (local.get $a) (local.get $ones))))
        (local.set $b (v128.and (local.get $b) (i16x8.add (local.get $b) (local.get $ones))))
        (local.set $c (v128.and (local.get $c) (i16x8.add (local.get $c) (local.get $ones))))
        (local.set $d (v128.and (local.get $d) (i16x8.add (local.get $d) (local.get $ones))))
        (local.set $a (v128.and (local.get $a) (i16x8.add (local.get $a) (local.get $ones))))
        (local.set $b (v128.and (local.get $b) (i16x8.add (local.get $b) (local.get $ones))))
        (local.set $c (v128.and (local.get $c) (i16x8.add (local.get $c) (local.get $ones))))
        (local.set $d (v128.and (local.get $d) (i16x8.add (local.get $d) (local.get $ones))))
        (if (i32.eqz (i16x8.all_true
              (i16x8.min_u
                (i16x8.min_u (local.get $a) (local.get $b))
                (i16x8.min_u (local.get $c) (local.get $d)))))
          (then
            (local.set $k (i32.const 0))
            (loop $vectors
              (local.set $bits
                (call $near (i32.add (local.get $at) (local.get $k)) (local.get $next) (i32.const 2)))
              (if (local.get $bits)
                (then
                  (local.set $out
                    (call $emit
                      (local.get $bits)
                      (i32.add
                        (i32.add
                          (i32.load offset=4 (local.get $area))
                          (i32.mul (local.get $s) (i32.load offset=12 (local.get $area))))
                        (i32.shr_u
                          (i32.mul
                            (i32.add (i32.sub (local.get $at) (local.get $start)) (local.get $k))
                            (i32.const 3))
                          (i32.const 1)))
                      (local.get $chunk) (local.get $out) (local.get $end)))))
              (br_if $vectors
                (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 16))) (i32.const 64))))))
        (br_if $lines
          (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 64))) (local.get $stop))))
      (br_if $masks (i32.lt_u (local.tee $m (i32.add (local.get $m) (i32.const 2))) (local.get $mEnd))))
    (local.get $out))

  ;; Byte offset of the end of the masks that a chunk with tolerance $t is probed with.
  (func $maskEnd (param $t i32) (result i32)
    (select
      (i32.const 2)
      (select (i32.const 34) (i32.const 274) (i32.eq (local.get $t) (i32.const 1)))
      (i32.eqz (local.get $t))))

  ;; Loads a word of every line that the query will read. Nothing else: the fewer instructions between two loads, the
  ;; more of their misses overlap, and this is where the time goes.
  (func $touch (param $area i32) (param $q i32) (param $radius i32) (result i32)
    (local $c i32) (local $t i32) (local $m i32) (local $mEnd i32) (local $slot i32) (local $line i32) (local $base i32)
    (local $stride i32) (local $seen i32)
    (local.set $stride (i32.load offset=8 (local.get $area)))
    (loop $chunks
      (local.set $t (i32.load16_s offset=53248
        (i32.add (i32.shl (local.get $radius) (i32.const 6)) (i32.shl (local.get $c) (i32.const 1)))))
      (if (i32.ge_s (local.get $t) (i32.const 0))
        (then
          (local.set $slot
            (i32.or
              (i32.shl (local.get $c) (i32.const 16))
              (i32.load16_u (i32.add (local.get $q) (i32.shl (local.get $c) (i32.const 1))))))
          (local.set $mEnd (call $maskEnd (local.get $t)))
          (local.set $line (i32.const 0))
          (loop $lines
            (local.set $base (i32.add (i32.load (local.get $area)) (local.get $line)))
            (local.set $m (i32.const 0))
            (loop $masks
              (local.set $seen
                (i32.xor
                  (local.get $seen)
                  (i32.load
                    (i32.add
                      (local.get $base)
                      (i32.mul
                        (i32.xor (local.get $slot) (i32.load16_u offset=56320 (local.get $m)))
                        (local.get $stride))))))
              (br_if $masks (i32.lt_u (local.tee $m (i32.add (local.get $m) (i32.const 2))) (local.get $mEnd))))
            (br_if $lines
              (i32.lt_u (local.tee $line (i32.add (local.get $line) (i32.const 64))) (local.get $stride))))))
      (br_if $chunks (i32.lt_u (local.tee $c (i32.add (local.get $c) (i32.const 1))) (i32.const 16))))
    (local.get $seen))

  ;; Lists the slots that have overflow blocks (address, then chunk and bits allowed as two bytes: 8 bytes each).
  ;; Returns the end of the list.
  (func $listOverflow (param $area i32) (param $q i32) (param $radius i32) (param $list i32) (result i32)
    (local $c i32) (local $t i32) (local $m i32) (local $mEnd i32) (local $slot i32)
    (local $last i32) (local $stride i32) (local $block i32) (local $allowed i32)
    (local.set $stride (i32.load offset=8 (local.get $area)))
    (local.set $last (i32.sub (i32.add (i32.load (local.get $area)) (local.get $stride)) (i32.const 4)))
    (loop $chunks
      (local.set $t (i32.load16_s offset=53248
        (i32.add (i32.shl (local.get $radius) (i32.const 6)) (i32.shl (local.get $c) (i32.const 1)))))
      (if (i32.ge_s (local.get $t) (i32.const 0))
        (then
          (local.set $slot
            (i32.or
              (i32.shl (local.get $c) (i32.const 16))
              (i32.load16_u (i32.add (local.get $q) (i32.shl (local.get $c) (i32.const 1))))))
          (local.set $allowed (i32.load16_s offset=53280
            (i32.add (i32.shl (local.get $radius) (i32.const 6)) (i32.shl (local.get $c) (i32.const 1)))))
          (local.set $mEnd (call $maskEnd (local.get $t)))
          (local.set $m (i32.const 0))
          (loop $masks
            (local.set $block
              (i32.load
                (i32.add
                  (local.get $last)
                  (i32.mul
                    (i32.xor (local.get $slot) (i32.load16_u offset=56320 (local.get $m)))
                    (local.get $stride)))))
            ;; Always written, kept when there is a block: one slot in ten has one, and no branch could be guessed.
            (i64.store
              (local.get $list)
              (i64.or
                (i64.extend_i32_u (local.get $block))
                (i64.shl
                  (i64.extend_i32_u
                    (i32.or
                      (local.get $c)
                      (i32.shl
                        (i32.sub
                          (local.get $allowed)
                          (i32.add (i32.gt_u (local.get $m) (i32.const 0)) (i32.gt_u (local.get $m) (i32.const 32))))
                        (i32.const 8))))
                  (i64.const 32))))
            (local.set $list (i32.add (local.get $list) (i32.shl (i32.ne (local.get $block) (i32.const 0)) (i32.const 3))))
            (br_if $masks (i32.lt_u (local.tee $m (i32.add (local.get $m) (i32.const 2))) (local.get $mEnd))))))
      (br_if $chunks (i32.lt_u (local.tee $c (i32.add (local.get $c) (i32.const 1))) (i32.const 16))))
    (local.get $list))

  ;; False for what cannot be a block's address: a reader may see an area that was given up and overwritten, or memory
  ;; grow before it sees by how much.
  (func $isBlock (param $block i32) (result i32)
    (i32.and
      (i32.eqz (i32.and (local.get $block) (i32.const 63)))
      (i32.lt_u (local.get $block) (i32.load (i32.const 84)))))

  ;; Blocks behind the listed slots, up to about $most; -1 for a chain that cannot be read.
  (func $countBlocks (param $list i32) (param $end i32) (param $most i32) (result i32)
    (local $blocks i32) (local $more i32)
    (block $done
      (loop $slots
        (br_if $done (i32.ge_u (local.get $list) (local.get $end)))
        (if (i32.eqz (call $isBlock (i32.load (local.get $list)))) (then (return (i32.const -1))))
        (local.set $more (i32.load offset=52 (i32.load (local.get $list))))
        ;; Large enough for any chain, small enough that no sum of them wraps.
        (if (i32.gt_u (local.get $more) (i32.const 0x1fffff)) (then (local.set $more (i32.const 0x1fffff))))
        (local.set $blocks (i32.add (local.get $blocks) (local.get $more)))
        (br_if $done (i32.gt_u (local.get $blocks) (local.get $most)))
        (local.set $list (i32.add (local.get $list) (i32.const 8)))
        (br $slots)))
    (local.get $blocks))

  ;; Candidates from the overflow blocks of the listed slots; the end of the room for a chain that cannot be read.
  (func $scanBlocks
    (param $list i32) (param $listEnd i32) (param $q i32) (param $most i32) (param $out i32) (param $end i32) (result i32)
    (local $block i32) (local $bits i32) (local $chunk i32)
    (block $done
      (loop $slots
        (br_if $done (i32.ge_u (local.get $list) (local.get $listEnd)))
        (local.set $block (i32.load (local.get $list)))
        (local.set $chunk (i32.load8_u offset=4 (local.get $list)))
        (block $chained
          (loop $blocks
            (br_if $chained (i32.eqz (local.get $block)))
            (local.set $bits
              (call $near
                (local.get $block)
                (i16x8.splat (i32.load16_u
                  (i32.add
                    (local.get $q)
                    (i32.and (i32.shl (i32.add (local.get $chunk) (i32.const 1)) (i32.const 1)) (i32.const 31)))))
                (i32.load8_u offset=5 (local.get $list))))
            (if (local.get $bits)
              (then
                (local.set $out
                  (call $emit
                    (local.get $bits) (i32.add (local.get $block) (i32.const 16))
                    (local.get $chunk) (local.get $out) (local.get $end)))))
            (local.set $block (i32.load offset=48 (local.get $block)))
            (if (i32.eqz (call $isBlock (local.get $block))) (then (return (local.get $end))))
            ;; A chain that was overwritten while it was read might be a ring.
            (if (i32.eqz (local.tee $most (i32.sub (local.get $most) (i32.const 1)))) (then (return (local.get $end))))
            (br $blocks)))
        (local.set $list (i32.add (local.get $list) (i32.const 8)))
        (br $slots)))
    (local.get $out))

  ;; Reads the row once more, with atomics, between two equal readings of its link: what is added stood there as one
  ;; entry at one moment. Through a chunk ($chunk >= 0) a row is added only for the first chunk that leads to it, so
  ;; that it is there once, and the entries with the same hash that are chained to it are added too.
  ;; Returns the end of the matches, or zero when there is no room (or no standstill) and the caller must compare all.
  (func $confirm
    (param $q i32) (param $row i32) (param $chunk i32) (param $radius i32) (param $out i32) (param $end i32) (result i32)
    (local $hash i32) (local $link i32) (local $chains i32) (local $id i32) (local $distance i32) (local $next i32)
    (local $x0 i64) (local $x1 i64) (local $x2 i64) (local $x3 i64) (local $low v128) (local $high v128)
    (local $from i32) (local $tries i32) (local $rad i32) (local $hops i32)
    (local.set $from (local.get $out))
    (local.set $hash (call $rowAt (local.get $row)))
    (loop $again
      (local.set $out (local.get $from))
      (local.set $chains (i32.atomic.load (i32.const 76)))
      (local.set $link (i32.atomic.load (call $linkAt (local.get $row))))
      (local.set $x0 (i64.xor (i64.atomic.load (local.get $hash)) (i64.load (local.get $q))))
      (local.set $x1 (i64.xor (i64.atomic.load offset=8 (local.get $hash)) (i64.load offset=8 (local.get $q))))
      (local.set $x2 (i64.xor (i64.atomic.load offset=16 (local.get $hash)) (i64.load offset=16 (local.get $q))))
      (local.set $x3 (i64.xor (i64.atomic.load offset=24 (local.get $hash)) (i64.load offset=24 (local.get $q))))
      (local.set $id (i32.atomic.load (call $idAt (local.get $row))))
      (br_if $again
        (i32.shr_u
          (i32.xor (local.get $link) (i32.atomic.load (call $linkAt (local.get $row))))
          (i32.const 24)))
      (local.set $distance
        (i32.wrap_i64
          (i64.add
            (i64.add (i64.popcnt (local.get $x0)) (i64.popcnt (local.get $x1)))
            (i64.add (i64.popcnt (local.get $x2)) (i64.popcnt (local.get $x3))))))
      (if (i32.gt_u (local.get $distance) (local.get $radius)) (then (return (local.get $out))))
      (if (i32.ge_s (local.get $chunk) (i32.const 0))
        (then
          (local.set $low
            (i16x8.extadd_pairwise_i8x16_u
              (i8x16.popcnt (i64x2.replace_lane 1 (i64x2.splat (local.get $x0)) (local.get $x1)))))
          (local.set $high
            (i16x8.extadd_pairwise_i8x16_u
              (i8x16.popcnt (i64x2.replace_lane 1 (i64x2.splat (local.get $x2)) (local.get $x3)))))
          (local.set $rad (i32.shl (local.get $radius) (i32.const 6)))
          (if (i32.ne
                (local.get $chunk)
                (i32.ctz
                  (i32.or
                    (i16x8.bitmask
                      (v128.and
                        (i16x8.le_s (local.get $low) (v128.load offset=53248 (local.get $rad)))
                        (i16x8.le_s
                          (i16x8.add
                            (local.get $low)
                            (i8x16.shuffle 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 (local.get $low) (local.get $high)))
                          (v128.load offset=53280 (local.get $rad)))))
                    (i32.shl
                      (i16x8.bitmask
                        (v128.and
                          (i16x8.le_s (local.get $high) (v128.load offset=53264 (local.get $rad)))
                          (i16x8.le_s
                            (i16x8.add
                              (local.get $high)
                              (i8x16.shuffle 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 (local.get $high) (local.get $low)))
                            (v128.load offset=53296 (local.get $rad)))))
                      (i32.const 8)))))
            (then (return (local.get $out))))))
      (if (i32.lt_s (local.get $link) (i32.const 0))
        (then
          (if (i32.ge_u (local.get $out) (local.get $end)) (then (return (i32.const 0))))
          (i32.store (local.get $out) (local.get $id))
          (i32.store offset=4 (local.get $out) (local.get $distance))
          (local.set $out (i32.add (local.get $out) (i32.const 8)))))
      (if (i32.lt_s (local.get $chunk) (i32.const 0)) (then (return (local.get $out))))
      (local.set $next (i32.and (local.get $link) (i32.const 0xffffff)))
      (if (i32.eq (local.get $next) (i32.const 0xffffff)) (then (return (local.get $out))))
      (local.set $hops (i32.const 0))
      (loop $members
        (if (i32.ge_u (local.get $next) (i32.load (i32.const 72))) (then (return (i32.const 0))))
        (local.set $link (i32.atomic.load (call $linkAt (local.get $next))))
        (local.set $id (i32.atomic.load (call $idAt (local.get $next))))
        (if (i32.lt_s (local.get $link) (i32.const 0))
          (then
            (if (i32.ge_u (local.get $out) (local.get $end)) (then (return (i32.const 0))))
            (i32.store (local.get $out) (local.get $id))
            (i32.store offset=4 (local.get $out) (local.get $distance))
            (local.set $out (i32.add (local.get $out) (i32.const 8)))))
        (local.set $hops (i32.add (local.get $hops) (i32.const 1)))
        (if (i32.gt_u (local.get $hops) (i32.const 0xffff)) (then (return (i32.const 0))))
        (local.set $next (i32.and (local.get $link) (i32.const 0xffffff)))
        (br_if $members (i32.ne (local.get $next) (i32.const 0xffffff))))
      ;; A member that left while the chain was read may stand for another hash by now.
      (if (i32.ne (local.get $chains) (i32.atomic.load (i32.const 76)))
        (then
          (local.set $tries (i32.add (local.get $tries) (i32.const 1)))
          (br_if $again (i32.lt_u (local.get $tries) (i32.const 8)))
          (return (i32.const 0)))))
    (local.get $out))

  ;; Candidates to matches in three passes, each a tight loop of independent loads: row numbers, rows, comparison.
  (func $verify
    (param $q i32) (param $radius i32) (param $from i32) (param $to i32) (param $out i32) (param $end i32) (result i32)
    (local $at i32) (local $kept i32) (local $row i32) (local $rows i32) (local $seen i32)
    (local $q0 i64) (local $q1 i64) (local $d i32)
    (local.set $rows (i32.atomic.load (i32.const 72)))
    (local.set $at (local.get $from))
    (local.set $kept (local.get $from))
    (block $gathered
      (loop $numbers
        (br_if $gathered (i32.ge_u (local.get $at) (local.get $to)))
        (local.set $row (i32.and (i32.load (i32.load (local.get $at))) (i32.const 0xffffff)))
        (i32.store offset=4 (local.get $kept) (i32.load offset=4 (local.get $at)))
        (i32.store (local.get $kept) (local.get $row))
        ;; An empty lane holds 0xffffff.
        (local.set $kept
          (i32.add (local.get $kept) (i32.shl (i32.lt_u (local.get $row) (local.get $rows)) (i32.const 3))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $numbers)))
    (local.set $at (local.get $from))
    (block $touched
      (loop $rows
        (br_if $touched (i32.ge_u (local.get $at) (local.get $kept)))
        (local.set $seen
          (i32.xor (local.get $seen) (i32.load (call $rowAt (i32.load (local.get $at))))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $rows)))
    (i32.store (local.get $kept) (local.get $seen))
    (local.set $q0 (i64.load (local.get $q)))
    (local.set $q1 (i64.load offset=8 (local.get $q)))
    (local.set $at (local.get $from))
    (block $done
      (loop $compare
        (br_if $done (i32.ge_u (local.get $at) (local.get $kept)))
        (local.set $row (call $rowAt (i32.load (local.get $at))))
        (local.set $d
          (i32.wrap_i64
            (i64.add
              (i64.popcnt (i64.xor (i64.load (local.get $row)) (local.get $q0)))
              (i64.popcnt (i64.xor (i64.load offset=8 (local.get $row)) (local.get $q1))))))
        (if (i32.le_u (local.get $d) (local.get $radius))
          (then
            (local.set $out
              (call $confirm
                (local.get $q) (i32.load (local.get $at)) (i32.load offset=4 (local.get $at))
                (local.get $radius) (local.get $out) (local.get $end)))
            (br_if $done (i32.eqz (local.get $out)))))
        (local.set $at (i32.add (local.get $at) (i32.const 8)))
        (br $compare)))
    (local.get $out))

  ;; Candidates of every slot within the radius, chunk by chunk.
  (func $scan (param $area i32) (param $q i32) (param $radius i32) (param $out i32) (param $end i32) (result i32)
    (local $c i32) (local $t i32) (local $slot i32) (local $pair i32) (local $next v128) (local $lines i32)
    (local.set $lines (i32.ge_u (i32.load offset=8 (local.get $area)) (i32.const 64)))
    (loop $chunks
      (local.set $t (i32.load16_s offset=53248
        (i32.add (i32.shl (local.get $radius) (i32.const 6)) (i32.shl (local.get $c) (i32.const 1)))))
      (if (i32.ge_s (local.get $t) (i32.const 0))
        (then
          (local.set $pair (i32.load16_s offset=53280
            (i32.add (i32.shl (local.get $radius) (i32.const 6)) (i32.shl (local.get $c) (i32.const 1)))))
          (local.set $slot
            (i32.or
              (i32.shl (local.get $c) (i32.const 16))
              (i32.load16_u (i32.add (local.get $q) (i32.shl (local.get $c) (i32.const 1))))))
          (local.set $next
            (i16x8.splat (i32.load16_u
              (i32.add
                (local.get $q)
                (i32.and (i32.shl (i32.add (local.get $c) (i32.const 1)) (i32.const 1)) (i32.const 31))))))
          (local.set $out
            (call $scanAny
              (local.get $area) (local.get $slot) (i32.const 0) (i32.const 2)
              (local.get $c) (local.get $next) (local.get $pair) (local.get $out) (local.get $end)))
          (if (i32.ge_s (local.get $t) (i32.const 1))
            (then
              (if (i32.and (local.get $lines) (i32.eq (local.get $pair) (i32.const 3)))
                (then
                  (local.set $out
                    (call $scanTwo
                      (local.get $area) (local.get $slot) (i32.const 2) (i32.const 34)
                      (local.get $c) (local.get $next) (local.get $out) (local.get $end))))
                (else
                  (local.set $out
                    (call $scanAny
                      (local.get $area) (local.get $slot) (i32.const 2) (i32.const 34)
                      (local.get $c) (local.get $next) (i32.sub (local.get $pair) (i32.const 1))
                      (local.get $out) (local.get $end)))))))
          (if (i32.ge_s (local.get $t) (i32.const 2))
            (then
              (local.set $out
                (call $scanAny
                  (local.get $area) (local.get $slot) (i32.const 34) (i32.const 274)
                  (local.get $c) (local.get $next) (i32.sub (local.get $pair) (i32.const 2))
                  (local.get $out) (local.get $end)))))))
      (br_if $chunks (i32.lt_u (local.tee $c (i32.add (local.get $c) (i32.const 1))) (i32.const 16))))
    (local.get $out))

  ;; Through the slots. Working space: 64 permuted query, 10496 list of overflowing slots, 36864 candidates up to 102400.
  ;; Returns the end of the matches, or zero when every entry is to be compared instead.
  (func $probe
    (param $scratch i32) (param $radius i32) (param $out i32) (param $end i32) (result i32)
    (local $generation i32) (local $area i32) (local $q i32) (local $list i32) (local $listEnd i32)
    (local $candidates i32) (local $to i32) (local $limit i32) (local $most i32) (local $found i32) (local $tries i32) (local $blocks i32)
    (local.set $q (i32.add (local.get $scratch) (i32.const 64)))
    (local.set $list (i32.add (local.get $scratch) (i32.const 10496)))
    (local.set $candidates (i32.add (local.get $scratch) (i32.const 36864)))
    (loop $again
      (local.set $generation (i32.atomic.load (i32.const 64)))
      (local.set $area (i32.atomic.load (i32.const 68)))
      (if (i32.eqz (local.get $area)) (then (return (i32.const 0))))
      ;; Kept somewhere, so that no compiler finds the loads to be useless.
      (i32.store offset=132 (local.get $scratch)
        (call $touch (local.get $area) (local.get $q) (local.get $radius)))
      (local.set $listEnd
        (call $listOverflow (local.get $area) (local.get $q) (local.get $radius) (local.get $list)))
      ;; A block costs about 60 times what comparing a row does, a candidate about 20 times; and no more of them than
      ;; take a millisecond, because a probe is not cut into slices.
      (local.set $most (i32.add (i32.const 64) (i32.shr_u (i32.load (i32.const 72)) (i32.const 6))))
      (if (i32.gt_u (local.get $most) (i32.const 4096)) (then (local.set $most (i32.const 4096))))
      (local.set $blocks (call $countBlocks (local.get $list) (local.get $listEnd) (local.get $most)))
      (if (i32.gt_u (local.get $blocks) (local.get $most)) (then (return (i32.const 0))))
      (local.set $limit (i32.add (i32.const 256) (i32.shr_u (i32.load (i32.const 72)) (i32.const 5))))
      (if (i32.gt_u (local.get $limit) (i32.const 8191)) (then (local.set $limit (i32.const 8191))))
      (local.set $limit (i32.add (local.get $candidates) (i32.shl (local.get $limit) (i32.const 3))))
      (local.set $to
        (call $scan (local.get $area) (local.get $q) (local.get $radius) (local.get $candidates) (local.get $limit)))
      (local.set $to
        (call $scanBlocks
          (local.get $list) (local.get $listEnd) (local.get $q)
          (i32.add (local.get $most) (i32.const 4096)) (local.get $to) (local.get $limit)))
      (if (i32.ge_u (local.get $to) (local.get $limit)) (then (return (i32.const 0))))
      (i32.store offset=128 (local.get $scratch)
        (i32.add
          (i32.add (i32.load offset=128 (local.get $scratch)) (local.get $blocks))
          (i32.shr_u (i32.sub (local.get $to) (local.get $candidates)) (i32.const 3))))
      (local.set $found
        (call $verify
          (local.get $q) (local.get $radius) (local.get $candidates) (local.get $to) (local.get $out) (local.get $end)))
      ;; The area was given up meanwhile, and may have been overwritten while it was read.
      (if (i32.ne (local.get $generation) (i32.atomic.load (i32.const 64)))
        (then
          (br_if $again
            (i32.lt_u (local.tee $tries (i32.add (local.get $tries) (i32.const 1))) (i32.const 8)))
          (return (i32.const 0)))))
    (local.get $found))

  ;; Puts $from..$to in order of distance, then id, once each. Returns the new end.
  (func $sort (param $from i32) (param $to i32) (result i32)
    (local $at i32) (local $hole i32) (local $key i64) (local $last i64)
    (if (i32.le_u (i32.sub (local.get $to) (local.get $from)) (i32.const 8)) (then (return (local.get $to))))
    (if (i32.gt_u (i32.sub (local.get $to) (local.get $from)) (i32.const 256))
      (then (call $heapSort (local.get $from) (i32.shr_u (i32.sub (local.get $to) (local.get $from)) (i32.const 3))))
      (else
        (local.set $at (i32.add (local.get $from) (i32.const 8)))
        (loop $insertion
          (local.set $key (i64.load (local.get $at)))
          (local.set $hole (local.get $at))
          (block $placed
            (loop $shift
              (br_if $placed (i32.eq (local.get $hole) (local.get $from)))
              (local.set $last (i64.load (i32.sub (local.get $hole) (i32.const 8))))
              (br_if $placed (i64.le_u (local.get $last) (local.get $key)))
              (i64.store (local.get $hole) (local.get $last))
              (local.set $hole (i32.sub (local.get $hole) (i32.const 8)))
              (br $shift)))
          (i64.store (local.get $hole) (local.get $key))
          (br_if $insertion
            (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $to))))))
    (local.set $hole (i32.add (local.get $from) (i32.const 8)))
    (local.set $at (local.get $hole))
    (loop $unique
      (local.set $key (i64.load (local.get $at)))
      (i64.store (local.get $hole) (local.get $key))
      (if (i64.ne (local.get $key) (i64.load (i32.sub (local.get $hole) (i32.const 8))))
        (then (local.set $hole (i32.add (local.get $hole) (i32.const 8)))))
      (br_if $unique (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $to))))
    (local.get $hole))

  (func $heapSort (param $from i32) (param $count i32)
    (local $root i32) (local $key i64)
    (local.set $root (i32.shr_u (local.get $count) (i32.const 1)))
    (loop $build
      (if (local.get $root)
        (then
          (local.set $root (i32.sub (local.get $root) (i32.const 1)))
          (call $sift (local.get $from) (local.get $root) (local.get $count))
          (br $build))))
    (loop $extract
      (local.set $count (i32.sub (local.get $count) (i32.const 1)))
      (if (local.get $count)
        (then
          (local.set $key (i64.load (local.get $from)))
          (i64.store
            (local.get $from)
            (i64.load (i32.add (local.get $from) (i32.shl (local.get $count) (i32.const 3)))))
          (i64.store (i32.add (local.get $from) (i32.shl (local.get $count) (i32.const 3))) (local.get $key))
          (call $sift (local.get $from) (i32.const 0) (local.get $count))
          (br $extract)))))

  (func $sift (param $from i32) (param $root i32) (param $count i32)
    (local $child i32) (local $key i64) (local $at i32)
    (local.set $key (i64.load (i32.add (local.get $from) (i32.shl (local.get $root) (i32.const 3)))))
    (block $placed
      (loop $down
        (local.set $child (i32.add (i32.shl (local.get $root) (i32.const 1)) (i32.const 1)))
        (br_if $placed (i32.ge_u (local.get $child) (local.get $count)))
        (local.set $at (i32.add (local.get $from) (i32.shl (local.get $child) (i32.const 3))))
        (if (i32.lt_u (i32.add (local.get $child) (i32.const 1)) (local.get $count))
          (then
            (if (i64.lt_u (i64.load (local.get $at)) (i64.load offset=8 (local.get $at)))
              (then
                (local.set $child (i32.add (local.get $child) (i32.const 1)))
                (local.set $at (i32.add (local.get $at) (i32.const 8)))))))
        (br_if $placed (i64.ge_u (local.get $key) (i64.load (local.get $at))))
        (i64.store (i32.add (local.get $from) (i32.shl (local.get $root) (i32.const 3))) (i64.load (local.get $at)))
        (local.set $root (local.get $child))
        (br $down)))
    (i64.store (i32.add (local.get $from) (i32.shl (local.get $root) (i32.const 3))) (local.get $key)))

  ;; Answers the first of $count queries of 32 bytes at 2304 of the working space, as many as go through the slots, fit
  ;; and take little: their numbers of matches from 256 on, the matches (id, distance) one after the other from 102400
  ;; on, the blocks and candidates read at 128. Returns how many: 0 when the first needs every entry compared.
  (func (export "batch") (param $scratch i32) (param $count i32) (param $radius i32) (result i32)
    (local $done i32) (local $out i32) (local $end i32) (local $found i32)
    (local.set $out (i32.add (local.get $scratch) (i32.const 102400)))
    (local.set $end (i32.add (local.get $out) (i32.const 65536)))
    (i32.store offset=128 (local.get $scratch) (i32.const 0))
    (block $stop
      (loop $queries
        (br_if $stop (i32.ge_u (local.get $done) (local.get $count)))
        (br_if $stop (i32.gt_u (i32.load offset=128 (local.get $scratch)) (i32.const 4096)))
        (call $permute
          (i32.const 4096)
          (i32.add (i32.add (local.get $scratch) (i32.const 2304)) (i32.shl (local.get $done) (i32.const 5)))
          (i32.add (local.get $scratch) (i32.const 64)))
        (local.set $found
          (call $probe (local.get $scratch) (local.get $radius) (local.get $out) (local.get $end)))
        (br_if $stop (i32.eqz (local.get $found)))
        (local.set $found (call $sort (local.get $out) (local.get $found)))
        (i32.store offset=256
          (i32.add (local.get $scratch) (i32.shl (local.get $done) (i32.const 2)))
          (i32.shr_u (i32.sub (local.get $found) (local.get $out)) (i32.const 3)))
        (local.set $out (local.get $found))
        (local.set $done (i32.add (local.get $done) (i32.const 1)))
        (br $queries)))
    (local.get $done))

  ;; Compares rows $from..$to, at most 4096 of them, with the permuted query at 64 of the working space; half a hash
  ;; settles most, unless the radius is so large that one could not guess. Returns the number of matches, from 102400 on.
  (func (export "flat") (param $scratch i32) (param $radius i32) (param $from i32) (param $to i32) (result i32)
    (local $q i32) (local $q0 i64) (local $q1 i64) (local $q2 i64) (local $q3 i64) (local $most i64)
    (local $at i32) (local $stop i32) (local $out i32)
    (local.set $q (i32.add (local.get $scratch) (i32.const 64)))
    (local.set $q0 (i64.load (local.get $q)))
    (local.set $q1 (i64.load offset=8 (local.get $q)))
    (local.set $q2 (i64.load offset=16 (local.get $q)))
    (local.set $q3 (i64.load offset=24 (local.get $q)))
    (local.set $most (i64.extend_i32_u (local.get $radius)))
    (local.set $out (i32.add (local.get $scratch) (i32.const 102400)))
    (block $done
      (loop $segments
        (br_if $done (i32.ge_u (local.get $from) (local.get $to)))
        (local.set $stop (i32.add (i32.or (local.get $from) (i32.const 4095)) (i32.const 1)))
        (if (i32.gt_u (local.get $stop) (local.get $to)) (then (local.set $stop (local.get $to))))
        (local.set $at (call $rowAt (local.get $from)))
        (if (i32.le_u (local.get $radius) (i32.const 36))
          (then
            (loop $rows
              (if (i64.le_u
                    (i64.add
                      (i64.popcnt (i64.xor (i64.load (local.get $at)) (local.get $q0)))
                      (i64.popcnt (i64.xor (i64.load offset=8 (local.get $at)) (local.get $q1))))
                    (local.get $most))
                (then
                  (if (i64.le_u
                        (i64.add
                          (i64.add
                            (i64.popcnt (i64.xor (i64.load (local.get $at)) (local.get $q0)))
                            (i64.popcnt (i64.xor (i64.load offset=8 (local.get $at)) (local.get $q1))))
                          (i64.add
                            (i64.popcnt (i64.xor (i64.load offset=16 (local.get $at)) (local.get $q2)))
                            (i64.popcnt (i64.xor (i64.load offset=24 (local.get $at)) (local.get $q3)))))
                        (local.get $most))
                    (then
                      (local.set $out
                        (call $confirm
                          (local.get $q) (local.get $from) (i32.const -1) (local.get $radius)
                          (local.get $out) (i32.const -1)))))))
              (local.set $at (i32.add (local.get $at) (i32.const 32)))
              (br_if $rows
                (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 1))) (local.get $stop)))))
          (else
            (loop $rows
              (if (i64.le_u
                    (i64.add
                      (i64.add
                        (i64.popcnt (i64.xor (i64.load (local.get $at)) (local.get $q0)))
                        (i64.popcnt (i64.xor (i64.load offset=8 (local.get $at)) (local.get $q1))))
                      (i64.add
                        (i64.popcnt (i64.xor (i64.load offset=16 (local.get $at)) (local.get $q2)))
                        (i64.popcnt (i64.xor (i64.load offset=24 (local.get $at)) (local.get $q3)))))
                    (local.get $most))
                (then
                  (local.set $out
                    (call $confirm
                      (local.get $q) (local.get $from) (i32.const -1) (local.get $radius)
                      (local.get $out) (i32.const -1)))))
              (local.set $at (i32.add (local.get $at) (i32.const 32)))
              (br_if $rows
                (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 1))) (local.get $stop))))))
        (br $segments)))
    (i32.shr_u
      (i32.sub (local.get $out) (i32.add (local.get $scratch) (i32.const 102400)))
      (i32.const 3)))

  ;; ---- The writer's

  ;; Puts the permuted hash at $from into a row that may have been another's: uses + 1, then hash and id, then live.
  (func (export "writeRow") (param $row i32) (param $from i32) (param $id i32) (param $flags i32) (param $next i32)
    (local $at i32) (local $link i32) (local $uses i32)
    (local.set $at (call $rowAt (local.get $row)))
    (local.set $link (call $linkAt (local.get $row)))
    (local.set $uses
      (i32.and (i32.add (i32.load (local.get $link)) (i32.const 0x1000000)) (i32.const 0x3f000000)))
    (i32.atomic.store (local.get $link) (i32.or (local.get $uses) (i32.const 0xffffff)))
    (i64.atomic.store (local.get $at) (i64.load (local.get $from)))
    (i64.atomic.store offset=8 (local.get $at) (i64.load offset=8 (local.get $from)))
    (i64.atomic.store offset=16 (local.get $at) (i64.load offset=16 (local.get $from)))
    (i64.atomic.store offset=24 (local.get $at) (i64.load offset=24 (local.get $from)))
    (i32.atomic.store (call $idAt (local.get $row)) (local.get $id))
    (i32.atomic.store
      (local.get $link)
      (i32.or (i32.or (local.get $uses) (local.get $flags)) (local.get $next))))

  ;; Permutes, where they stand, the hashes of $count rows of one segment that no reader knows yet, and makes them live.
  (func (export "adoptRows") (param $row i32) (param $count i32)
    (local $at i32) (local $link i32) (local $stop i32)
    (local.set $at (call $rowAt (local.get $row)))
    (local.set $link (call $linkAt (local.get $row)))
    (local.set $stop (i32.add (local.get $at) (i32.shl (local.get $count) (i32.const 5))))
    (loop $rows
      (call $permute (i32.const 4096) (local.get $at) (local.get $at))
      (i32.store (local.get $link) (i32.const 0x80ffffff))
      (local.set $link (i32.add (local.get $link) (i32.const 4)))
      (br_if $rows
        (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 32))) (local.get $stop)))))

  ;; What an empty lane holds: anything, so that no query finds all of them near.
  (func $noise (param $lane i32) (result i32)
    (i32.shr_u (i32.mul (i32.xor (local.get $lane) (i32.const 0x5bd1e995)) (i32.const 0x9e3779b1)) (i32.const 16)))

  ;; Empties slots $from..$to.
  (func (export "clear") (param $area i32) (param $from i32) (param $to i32)
    (local $at i32) (local $stop i32) (local $stride i32) (local $mix v128) (local $end i32)
    (local.set $stride (i32.load offset=8 (local.get $area)))
    (memory.fill
      (i32.add (i32.load offset=20 (local.get $area)) (i32.shl (local.get $from) (i32.const 1)))
      (i32.const 0)
      (i32.shl (i32.sub (local.get $to) (local.get $from)) (i32.const 1)))
    (memory.fill
      (i32.add
        (i32.load offset=4 (local.get $area))
        (i32.mul (local.get $from) (i32.load offset=12 (local.get $area))))
      (i32.const 255)
      (i32.mul (i32.sub (local.get $to) (local.get $from)) (i32.load offset=12 (local.get $area))))
    (local.set $at
      (i32.add (i32.load (local.get $area)) (i32.mul (local.get $from) (local.get $stride))))
    (local.set $end
      (i32.add (i32.load (local.get $area)) (i32.mul (local.get $to) (local.get $stride))))
    (loop $slots
      (local.set $stop (i32.add (local.get $at) (local.get $stride)))
      (loop $vectors
        (local.set $mix
          (i32x4.mul
            (i32x4.add (i32x4.splat (local.get $at)) (v128.const i32x4 0x5bd1e995 0x3c6ef372 0x1b873593 0x7feb352d))
            (v128.const i32x4 0x9e3779b1 0x85ebca77 0xc2b2ae3d 0x27d4eb2f)))
        (v128.store
          (local.get $at)
          (v128.xor
            (local.get $mix)
            (i32x4.mul (i32x4.shr_u (local.get $mix) (i32.const 15)) (v128.const i32x4 0x2c1b3c6d 0x297a2d39 0x2c1b3c6d 0x297a2d39))))
        (br_if $vectors
          (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $stop))))
      (i32.store (i32.sub (local.get $stop) (i32.const 4)) (i32.const 0))
      (br_if $slots (i32.lt_u (local.get $at) (local.get $end)))))

  (func $putNumber (param $at i32) (param $row i32)
    (i32.store16 (local.get $at) (local.get $row))
    (i32.store8 offset=2 (local.get $at) (i32.shr_u (local.get $row) (i32.const 16))))

  ;; First lane of $count row numbers at $ids that holds none, or -1.
  (func $emptyLane (param $ids i32) (param $count i32) (result i32)
    (local $lane i32)
    (loop $lanes
      (if (i32.eq
            (i32.and
              (i32.load (i32.add (local.get $ids) (i32.mul (local.get $lane) (i32.const 3))))
              (i32.const 0xffffff))
            (i32.const 0xffffff))
        (then (return (local.get $lane))))
      (br_if $lanes
        (i32.lt_u (local.tee $lane (i32.add (local.get $lane) (i32.const 1))) (local.get $count))))
    (i32.const -1))

  ;; Into the head block behind a slot, a hole near the head, or a new head block. Nothing is ever moved: a reader that
  ;; has passed a place need not come back to it.
  (func $overflow (param $pointer i32) (param $row i32) (param $sketch i32)
    (local $head i32) (local $block i32) (local $lane i32) (local $looked i32)
    (i32.store (i32.const 104) (i32.add (i32.load (i32.const 104)) (i32.const 1)))
    (local.set $head (i32.load (local.get $pointer)))
    (block $found
      (block $new
        (br_if $new (i32.eqz (local.get $head)))
        (local.set $block (local.get $head))
        (local.set $lane (i32.load offset=56 (local.get $head)))
        (if (i32.lt_u (local.get $lane) (i32.const 8))
          (then
            (i32.store offset=56 (local.get $head) (i32.add (local.get $lane) (i32.const 1)))
            (br $found)))
        (br_if $new (i32.eqz (i32.load offset=60 (local.get $head))))
        (loop $holes
          (local.set $lane (call $emptyLane (i32.add (local.get $block) (i32.const 16)) (i32.const 8)))
          (if (i32.ge_s (local.get $lane) (i32.const 0))
            (then
              (i32.store offset=60 (local.get $head) (i32.sub (i32.load offset=60 (local.get $head)) (i32.const 1)))
              (i32.store (i32.const 108) (i32.sub (i32.load (i32.const 108)) (i32.const 1)))
              (br $found)))
          (local.set $block (i32.load offset=48 (local.get $block)))
          (br_if $new (i32.eqz (local.get $block)))
          (br_if $holes
            (i32.lt_u (local.tee $looked (i32.add (local.get $looked) (i32.const 1))) (i32.const 16)))))
      (local.set $block (i32.load (i32.const 96)))
      (i32.store (i32.const 96) (i32.add (local.get $block) (i32.const 64)))
      (memory.fill (local.get $block) (i32.const 255) (i32.const 48))
      (i32.store offset=48 (local.get $block) (local.get $head))
      (i32.store offset=52 (local.get $block) (i32.const 1))
      (i32.store offset=56 (local.get $block) (i32.const 1))
      (i32.store offset=60 (local.get $block) (i32.const 0))
      (if (local.get $head)
        (then
          (i32.store offset=52 (local.get $block) (i32.add (i32.load offset=52 (local.get $head)) (i32.const 1)))
          (i32.store offset=60 (local.get $block) (i32.load offset=60 (local.get $head)))))
      (local.set $lane (i32.const 0))
      (call $putNumber (i32.add (local.get $block) (i32.const 16)) (local.get $row))
      (i32.store16 (local.get $block) (local.get $sketch))
      ;; Published when it is whole.
      (i32.atomic.store (local.get $pointer) (local.get $block))
      (return))
    (call $putNumber
      (i32.add (i32.add (local.get $block) (i32.const 16)) (i32.mul (local.get $lane) (i32.const 3)))
      (local.get $row))
    (i32.store16 (i32.add (local.get $block) (i32.shl (local.get $lane) (i32.const 1))) (local.get $sketch)))

  ;; Adds a row's posting of one chunk. Up to one overflow block is taken.
  (func $place (param $area i32) (param $row i32) (param $chunk i32)
    (local $at i32) (local $s i32) (local $lane i32) (local $count i32) (local $counts i32) (local $sketch i32) (local $capacity i32) (local $slot i32)
    (local.set $at (call $rowAt (local.get $row)))
    (local.set $s
      (i32.or
        (i32.shl (local.get $chunk) (i32.const 16))
        (i32.load16_u (i32.add (local.get $at) (i32.shl (local.get $chunk) (i32.const 1))))))
    (local.set $sketch
      (i32.load16_u
        (i32.add
          (local.get $at)
          (i32.and (i32.shl (i32.add (local.get $chunk) (i32.const 1)) (i32.const 1)) (i32.const 31)))))
    (local.set $counts (i32.add (i32.load offset=20 (local.get $area)) (i32.shl (local.get $s) (i32.const 1))))
    (local.set $count (i32.load16_u (local.get $counts)))
    (local.set $capacity (i32.load offset=16 (local.get $area)))
    (local.set $slot
      (i32.add (i32.load (local.get $area)) (i32.mul (local.get $s) (i32.load offset=8 (local.get $area)))))
    (local.set $lane (local.get $count))
    (if (i32.lt_u (i32.and (local.get $count) (i32.const 0x7fff)) (local.get $capacity))
      (then
        (local.set $lane (i32.and (local.get $count) (i32.const 0x7fff)))
        (i32.store16 (local.get $counts) (i32.add (local.get $count) (i32.const 1))))
      (else
        (local.set $lane (i32.const -1))
        (if (i32.and (local.get $count) (i32.const 0x8000))
          (then
            (local.set $lane
              (call $emptyLane
                (i32.add
                  (i32.load offset=4 (local.get $area))
                  (i32.mul (local.get $s) (i32.load offset=12 (local.get $area))))
                (local.get $capacity)))
            (if (i32.lt_s (local.get $lane) (i32.const 0))
              (then (i32.store16 (local.get $counts) (i32.and (local.get $count) (i32.const 0x7fff)))))))
        (if (i32.lt_s (local.get $lane) (i32.const 0))
          (then
            (call $overflow
              (i32.add (local.get $slot) (i32.sub (i32.load offset=8 (local.get $area)) (i32.const 4)))
              (local.get $row) (local.get $sketch))
            (return)))))
    (call $putNumber
      (i32.add
        (i32.add
          (i32.load offset=4 (local.get $area))
          (i32.mul (local.get $s) (i32.load offset=12 (local.get $area))))
        (i32.mul (local.get $lane) (i32.const 3)))
      (local.get $row))
    (i32.store16 (i32.add (local.get $slot) (i32.shl (local.get $lane) (i32.const 1))) (local.get $sketch)))

  ;; Loads a word of every line that placing chunks $from..$to of the hash at $at writes, so that the misses overlap: first the
  ;; counts, which say where in a slot.
  (func $touchSlots (param $area i32) (param $at i32) (param $from i32) (param $to i32)
    (local $s i32) (local $seen i32) (local $lane i32) (local $c i32) (local $counts i32)
    (local.set $counts (i32.load offset=20 (local.get $area)))
    (local.set $c (local.get $from))
    (loop $chunks
      (local.set $seen
        (i32.xor
          (local.get $seen)
          (i32.load16_u
            (i32.add
              (local.get $counts)
              (i32.shl
                (i32.or
                  (i32.shl (local.get $c) (i32.const 16))
                  (i32.load16_u (i32.add (local.get $at) (i32.shl (local.get $c) (i32.const 1)))))
                (i32.const 1))))))
      (br_if $chunks (i32.lt_u (local.tee $c (i32.add (local.get $c) (i32.const 1))) (local.get $to))))
    (loop $chunks
      (local.set $s
        (i32.or
          (i32.shl (local.get $from) (i32.const 16))
          (i32.load16_u (i32.add (local.get $at) (i32.shl (local.get $from) (i32.const 1))))))
      (local.set $lane
        (i32.and
          (i32.load16_u (i32.add (local.get $counts) (i32.shl (local.get $s) (i32.const 1))))
          (i32.const 0x7fff)))
      (local.set $seen
        (i32.xor
          (local.get $seen)
          (i32.xor
            (i32.load8_u
              (i32.add
                (i32.add (i32.load (local.get $area)) (i32.mul (local.get $s) (i32.load offset=8 (local.get $area))))
                (i32.shl (local.get $lane) (i32.const 1))))
            (i32.load8_u
              (i32.add
                (i32.add
                  (i32.load offset=4 (local.get $area))
                  (i32.mul (local.get $s) (i32.load offset=12 (local.get $area))))
                (i32.mul (local.get $lane) (i32.const 3)))))))
      (br_if $chunks (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 1))) (local.get $to))))
    (i32.store (i32.const 112) (local.get $seen)))

  (func (export "insert") (param $area i32) (param $row i32) (param $from i32) (param $to i32)
    (if (i32.ge_u (local.get $from) (local.get $to)) (then (return)))
    (loop $chunks
      (call $place (local.get $area) (local.get $row) (local.get $from))
      (br_if $chunks (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 1))) (local.get $to)))))

  ;; Whether the row at $row has the hash at $q and postings of its own.
  (func $isSame (param $q i32) (param $row i32) (result i32)
    (local $at i32)
    (if (i32.ge_u (local.get $row) (i32.load (i32.const 116))) (then (return (i32.const 0))))
    (local.set $at (call $rowAt (local.get $row)))
    (if (v128.any_true
          (v128.or
            (v128.xor (v128.load (local.get $q)) (v128.load (local.get $at)))
            (v128.xor (v128.load offset=16 (local.get $q)) (v128.load offset=16 (local.get $at)))))
      (then (return (i32.const 0))))
    (call $hasPostings (i32.load (call $linkAt (local.get $row)))))

  (func $sameOf (param $bits i32) (param $ids i32) (param $q i32) (result i32)
    (local $row i32)
    (block $none
      (loop $lanes
        (br_if $none (i32.eqz (local.get $bits)))
        (local.set $row
          (i32.and
            (i32.load (i32.add (local.get $ids) (i32.mul (i32.ctz (local.get $bits)) (i32.const 3))))
            (i32.const 0xffffff)))
        (if (call $isSame (local.get $q) (local.get $row)) (then (return (local.get $row))))
        (local.set $bits (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))
        (br $lanes)))
    (i32.const -1))

  ;; The row that has the permuted hash at $q, or -1. Looks in the slot of chunk 0 and 16 of its blocks: in a crowd
  ;; beyond that, equal hashes stay rows of their own, which is as right.
  (func $find (param $area i32) (param $q i32) (result i32)
    (local $s i32) (local $at i32) (local $k i32) (local $sketch v128) (local $row i32) (local $block i32)
    (local $bits i32) (local $stride i32)
    (local.set $s (i32.load16_u (local.get $q)))
    (local.set $sketch (i16x8.splat (i32.load16_u offset=2 (local.get $q))))
    (local.set $at
      (i32.add (i32.load (local.get $area)) (i32.mul (local.get $s) (i32.load offset=8 (local.get $area)))))
    (local.set $stride (i32.load offset=8 (local.get $area)))
    (loop $vectors
      (local.set $bits
        (i16x8.bitmask (i16x8.eq (v128.load (i32.add (local.get $at) (local.get $k))) (local.get $sketch))))
      (if (local.get $bits)
        (then
          (local.set $row
            (call $sameOf
              (local.get $bits)
              (i32.add
                (i32.add
                  (i32.load offset=4 (local.get $area))
                  (i32.mul (local.get $s) (i32.load offset=12 (local.get $area))))
                (i32.shr_u (i32.mul (local.get $k) (i32.const 3)) (i32.const 1)))
              (local.get $q)))
          (if (i32.ge_s (local.get $row) (i32.const 0)) (then (return (local.get $row))))))
      (br_if $vectors
        (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 16))) (local.get $stride))))
    (local.set $block (i32.load (i32.sub (i32.add (local.get $at) (local.get $k)) (i32.const 4))))
    (local.set $k (i32.const 0))
    (block $none
      (loop $blocks
        (br_if $none (i32.eqz (local.get $block)))
        (local.set $row
          (call $sameOf
            (i16x8.bitmask (i16x8.eq (v128.load (local.get $block)) (local.get $sketch)))
            (i32.add (local.get $block) (i32.const 16))
            (local.get $q)))
        (if (i32.ge_s (local.get $row) (i32.const 0)) (then (return (local.get $row))))
        (local.set $block (i32.load offset=48 (local.get $block)))
        (br_if $blocks
          (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 16)))))
    (i32.const -1))

  ;; Before an insert: whatever comes next, it is in these lines.
  (func (export "find") (param $area i32) (param $q i32) (result i32)
    (call $touchSlots (local.get $area) (local.get $q) (i32.const 0) (i32.const 16))
    (call $find (local.get $area) (local.get $q)))

  ;; Chunk $chunk of those rows $from..$to, of one segment, that have postings of their own. In chunk 0, a row whose hash is
  ;; there already is chained to it instead. Up to one overflow block a row is taken.
  ;; Returns how many were chained, as (row, row before it, row after it) from $out on.
  (func (export "placeRange") (param $area i32) (param $chunk i32) (param $from i32) (param $to i32) (param $out i32) (result i32)
    (local $link i32) (local $links i32) (local $same i32) (local $start i32) (local $head i32) (local $next i32)
    (local $at i32) (local $ahead i32) (local $stop i32) (local $s i32) (local $lane i32) (local $seen i32)
    (local $slots i32) (local $stride i32) (local $ids i32) (local $laneBytes i32) (local $counts i32) (local $capacity i32)
    (local $sketchAt i32) (local $count i32)
    (local.set $start (local.get $out))
    (if (i32.ge_u (local.get $from) (local.get $to)) (then (return (i32.const 0))))
    (local.set $slots (i32.load (local.get $area)))
    (local.set $ids (i32.load offset=4 (local.get $area)))
    (local.set $stride (i32.load offset=8 (local.get $area)))
    (local.set $laneBytes (i32.load offset=12 (local.get $area)))
    (local.set $capacity (i32.load offset=16 (local.get $area)))
    (local.set $counts
      (i32.add (i32.load offset=20 (local.get $area)) (i32.shl (local.get $chunk) (i32.const 17))))
    ;; Where the chunk and, from there, the next one are in a row.
    (local.set $at (i32.add (call $rowAt (local.get $from)) (i32.shl (local.get $chunk) (i32.const 1))))
    (local.set $sketchAt
      (select (i32.const -30) (i32.const 2) (i32.eq (local.get $chunk) (i32.const 15))))
    (local.set $slots
      (i32.add (local.get $slots) (i32.mul (i32.shl (local.get $chunk) (i32.const 16)) (local.get $stride))))
    (local.set $ids
      (i32.add (local.get $ids) (i32.mul (i32.shl (local.get $chunk) (i32.const 16)) (local.get $laneBytes))))
    (local.set $links (call $linkAt (local.get $from)))
    (loop $groups
      (local.set $stop (i32.add (local.get $from) (i32.const 32)))
      (if (i32.gt_u (local.get $stop) (local.get $to)) (then (local.set $stop (local.get $to))))
      ;; A word of every line that the group writes, so that the misses overlap.
      (local.set $ahead (local.get $at))
      (local.set $same (i32.sub (local.get $stop) (local.get $from)))
      (loop $touch
        (local.set $s (i32.load16_u (local.get $ahead)))
        (local.set $lane
          (i32.and
            (i32.load16_u (i32.add (local.get $counts) (i32.shl (local.get $s) (i32.const 1))))
            (i32.const 0x7fff)))
        (local.set $seen
          (i32.xor
            (local.get $seen)
            (i32.xor
              (i32.load8_u
                (i32.add
                  (i32.add (local.get $slots) (i32.mul (local.get $s) (local.get $stride)))
                  (i32.shl (local.get $lane) (i32.const 1))))
              (i32.load8_u
                (i32.add
                  (i32.add (local.get $ids) (i32.mul (local.get $s) (local.get $laneBytes)))
                  (i32.mul (local.get $lane) (i32.const 3)))))))
        (local.set $ahead (i32.add (local.get $ahead) (i32.const 32)))
        (br_if $touch (local.tee $same (i32.sub (local.get $same) (i32.const 1)))))
      (i32.store (i32.const 112) (local.get $seen))
      (loop $rows
        (block $skip
          (local.set $link (i32.load (local.get $links)))
          (local.set $next (i32.and (local.get $link) (i32.const 0xffffff)))
          (br_if $skip (i32.and (local.get $link) (i32.const 0x40000000)))
          (if (i32.eq (local.get $next) (i32.const 0xffffff))
            (then
              (br_if $skip (i32.ge_s (local.get $link) (i32.const 0)))
              (if (i32.eqz (local.get $chunk))
                (then
                  (local.set $same (call $find (local.get $area) (local.get $at)))
                  (if (i32.ge_s (local.get $same) (i32.const 0))
                    (then
                      (local.set $head (i32.load (call $linkAt (local.get $same))))
                      (i32.atomic.store
                        (local.get $links)
                        (i32.or
                          (i32.and (local.get $link) (i32.const 0xbf000000))
                          (i32.or (i32.const 0x40000000) (i32.and (local.get $head) (i32.const 0xffffff)))))
                      (i32.atomic.store
                        (call $linkAt (local.get $same))
                        (i32.or (i32.and (local.get $head) (i32.const 0xff000000)) (local.get $from)))
                      (i32.store (local.get $out) (local.get $from))
                      (i32.store offset=4 (local.get $out) (local.get $same))
                      (i32.store offset=8 (local.get $out) (i32.and (local.get $head) (i32.const 0xffffff)))
                      (local.set $out (i32.add (local.get $out) (i32.const 12)))
                      (br $skip)))))))
          (local.set $s (i32.load16_u (local.get $at)))
          (local.set $count
            (i32.load16_u (i32.add (local.get $counts) (i32.shl (local.get $s) (i32.const 1)))))
          (local.set $lane (i32.and (local.get $count) (i32.const 0x7fff)))
          (if (i32.lt_u (local.get $lane) (local.get $capacity))
            (then
              (i32.store16
                (i32.add (local.get $counts) (i32.shl (local.get $s) (i32.const 1)))
                (i32.add (local.get $count) (i32.const 1)))
              (call $putNumber
                (i32.add
                  (i32.add (local.get $ids) (i32.mul (local.get $s) (local.get $laneBytes)))
                  (i32.mul (local.get $lane) (i32.const 3)))
                (local.get $from))
              (i32.store16
                (i32.add
                  (i32.add (local.get $slots) (i32.mul (local.get $s) (local.get $stride)))
                  (i32.shl (local.get $lane) (i32.const 1)))
                (i32.load16_u (i32.add (local.get $at) (local.get $sketchAt)))))
            (else (call $place (local.get $area) (local.get $from) (local.get $chunk)))))
        (local.set $at (i32.add (local.get $at) (i32.const 32)))
        (local.set $links (i32.add (local.get $links) (i32.const 4)))
        (br_if $rows
          (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 1))) (local.get $stop))))
      (br_if $groups (i32.lt_u (local.get $from) (local.get $to))))
    (i32.div_u (i32.sub (local.get $out) (local.get $start)) (i32.const 12)))

  ;; Whether a row with this link has postings of its own.
  (func $hasPostings (param $link i32) (result i32)
    (i32.and
      (i32.eqz (i32.and (local.get $link) (i32.const 0x40000000)))
      (i32.or
        (i32.lt_s (local.get $link) (i32.const 0))
        (i32.ne (i32.and (local.get $link) (i32.const 0xffffff)) (i32.const 0xffffff)))))

  ;; Adds, of those rows $from..$to of one segment that have postings of their own, how many have each first byte of slot number:
  ;; 256 counts for each of 16 chunks at $counts.
  (func (export "countRows") (param $from i32) (param $to i32) (param $counts i32)
    (local $at i32) (local $links i32) (local $k i32) (local $count i32)
    (local.set $at (call $rowAt (local.get $from)))
    (local.set $links (call $linkAt (local.get $from)))
    (loop $rows
      (if (call $hasPostings (i32.load (local.get $links)))
        (then
          (local.set $k (i32.const 0))
          (loop $chunks
            (local.set $count
              (i32.add
                (i32.add (local.get $counts) (i32.shl (local.get $k) (i32.const 9)))
                (i32.shl (i32.load8_u offset=1 (i32.add (local.get $at) (local.get $k))) (i32.const 2))))
            (i32.store (local.get $count) (i32.add (i32.load (local.get $count)) (i32.const 1)))
            (br_if $chunks (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 2))) (i32.const 32))))))
      (local.set $at (i32.add (local.get $at) (i32.const 32)))
      (local.set $links (i32.add (local.get $links) (i32.const 4)))
      (br_if $rows
        (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 1))) (local.get $to)))))

  ;; Appends the postings of one chunk of the same rows to 256 lists by that byte, whose ends are at $ends: row number, the other
  ;; byte of slot number, sketch, in 8 bytes each.
  (func (export "sortRows") (param $chunk i32) (param $from i32) (param $to i32) (param $ends i32)
    (local $at i32) (local $links i32) (local $sketchAt i32) (local $s i32) (local $end i32) (local $posting i32)
    (local.set $at (i32.add (call $rowAt (local.get $from)) (i32.shl (local.get $chunk) (i32.const 1))))
    (local.set $sketchAt
      (select (i32.const -30) (i32.const 2) (i32.eq (local.get $chunk) (i32.const 15))))
    (local.set $links (call $linkAt (local.get $from)))
    (loop $rows
      (if (call $hasPostings (i32.load (local.get $links)))
        (then
          (local.set $s (i32.load16_u (local.get $at)))
          (local.set $end
            (i32.add (local.get $ends) (i32.shl (i32.shr_u (local.get $s) (i32.const 8)) (i32.const 2))))
          (local.set $posting (i32.load (local.get $end)))
          (i32.store (local.get $end) (i32.add (local.get $posting) (i32.const 8)))
          (i64.store
            (local.get $posting)
            (i64.or
              (i64.extend_i32_u (i32.or (local.get $from) (i32.shl (local.get $s) (i32.const 24))))
              (i64.shl (i64.load16_u (i32.add (local.get $at) (local.get $sketchAt))) (i64.const 32))))))
      (local.set $at (i32.add (local.get $at) (i32.const 32)))
      (local.set $links (i32.add (local.get $links) (i32.const 4)))
      (br_if $rows
        (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 1))) (local.get $to)))))

  ;; Places one such list, whose slots begin with $first: they are few enough to stay in the cache. Up to one overflow block a
  ;; posting is taken.
  (func (export "placeSorted") (param $area i32) (param $first i32) (param $at i32) (param $end i32)
    (local $slots i32) (local $stride i32) (local $ids i32) (local $laneBytes i32) (local $counts i32) (local $capacity i32)
    (local $row i32) (local $s i32) (local $lane i32) (local $count i32)
    (if (i32.ge_u (local.get $at) (local.get $end)) (then (return)))
    (local.set $stride (i32.load offset=8 (local.get $area)))
    (local.set $laneBytes (i32.load offset=12 (local.get $area)))
    (local.set $capacity (i32.load offset=16 (local.get $area)))
    (local.set $slots
      (i32.add (i32.load (local.get $area)) (i32.mul (local.get $first) (local.get $stride))))
    (local.set $ids
      (i32.add (i32.load offset=4 (local.get $area)) (i32.mul (local.get $first) (local.get $laneBytes))))
    (local.set $counts
      (i32.add (i32.load offset=20 (local.get $area)) (i32.shl (local.get $first) (i32.const 1))))
    (loop $postings
      (local.set $row (i32.load (local.get $at)))
      (local.set $s (i32.shr_u (local.get $row) (i32.const 24)))
      (local.set $row (i32.and (local.get $row) (i32.const 0xffffff)))
      (local.set $count
        (i32.load16_u (i32.add (local.get $counts) (i32.shl (local.get $s) (i32.const 1)))))
      (local.set $lane (i32.and (local.get $count) (i32.const 0x7fff)))
      (if (i32.lt_u (local.get $lane) (local.get $capacity))
        (then
          (i32.store16
            (i32.add (local.get $counts) (i32.shl (local.get $s) (i32.const 1)))
            (i32.add (local.get $count) (i32.const 1)))
          (call $putNumber
            (i32.add
              (i32.add (local.get $ids) (i32.mul (local.get $s) (local.get $laneBytes)))
              (i32.mul (local.get $lane) (i32.const 3)))
            (local.get $row))
          (i32.store16
            (i32.add
              (i32.add (local.get $slots) (i32.mul (local.get $s) (local.get $stride)))
              (i32.shl (local.get $lane) (i32.const 1)))
            (i32.load16_u offset=4 (local.get $at))))
        (else
          (call $place (local.get $area) (local.get $row) (i32.shr_u (local.get $first) (i32.const 16)))))
      (br_if $postings
        (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (local.get $end)))))

  ;; The lane among $bits whose row number is $row, or -1.
  (func $laneOf (param $bits i32) (param $ids i32) (param $row i32) (result i32)
    (block $none
      (loop $lanes
        (br_if $none (i32.eqz (local.get $bits)))
        (if (i32.eq
              (i32.and
                (i32.load (i32.add (local.get $ids) (i32.mul (i32.ctz (local.get $bits)) (i32.const 3))))
                (i32.const 0xffffff))
              (local.get $row))
          (then (return (i32.ctz (local.get $bits)))))
        (local.set $bits (i32.and (local.get $bits) (i32.sub (local.get $bits) (i32.const 1))))
        (br $lanes)))
    (i32.const -1))

  ;; Empties the row's lane of one chunk where it stands. Behind 64 blocks of a crowd it is left: it then leads to a row
  ;; that is dead, or another's and compared for what it is; the next rebuild drops it.
  (func $displace (param $area i32) (param $row i32) (param $chunk i32)
    (local $at i32) (local $s i32) (local $slot i32) (local $ids i32) (local $k i32) (local $lane i32) (local $sketch v128)
    (local $head i32) (local $block i32) (local $counts i32)
    (local.set $at (call $rowAt (local.get $row)))
    (local.set $s
      (i32.or
        (i32.shl (local.get $chunk) (i32.const 16))
        (i32.load16_u (i32.add (local.get $at) (i32.shl (local.get $chunk) (i32.const 1))))))
    (local.set $sketch
      (i16x8.splat (i32.load16_u
        (i32.add
          (local.get $at)
          (i32.and (i32.shl (i32.add (local.get $chunk) (i32.const 1)) (i32.const 1)) (i32.const 31))))))
    (local.set $slot
      (i32.add (i32.load (local.get $area)) (i32.mul (local.get $s) (i32.load offset=8 (local.get $area)))))
    (local.set $ids
      (i32.add (i32.load offset=4 (local.get $area)) (i32.mul (local.get $s) (i32.load offset=12 (local.get $area)))))
    (loop $vectors
      (local.set $lane
        (call $laneOf
          (i16x8.bitmask
            (i16x8.eq (v128.load (i32.add (local.get $slot) (local.get $k))) (local.get $sketch)))
          (i32.add (local.get $ids) (i32.shr_u (i32.mul (local.get $k) (i32.const 3)) (i32.const 1)))
          (local.get $row)))
      (if (i32.ge_s (local.get $lane) (i32.const 0))
        (then
          (local.set $lane (i32.add (local.get $lane) (i32.shr_u (local.get $k) (i32.const 1))))
          (call $putNumber
            (i32.add (local.get $ids) (i32.mul (local.get $lane) (i32.const 3)))
            (i32.const 0xffffff))
          (local.set $slot (i32.add (local.get $slot) (i32.shl (local.get $lane) (i32.const 1))))
          (i32.store16 (local.get $slot) (call $noise (local.get $slot)))
          (local.set $counts (i32.add (i32.load offset=20 (local.get $area)) (i32.shl (local.get $s) (i32.const 1))))
          (i32.store16 (local.get $counts) (i32.or (i32.load16_u (local.get $counts)) (i32.const 0x8000)))
          (return)))
      (br_if $vectors
        (i32.lt_u
          (local.tee $k (i32.add (local.get $k) (i32.const 16)))
          (i32.load offset=8 (local.get $area)))))
    (local.set $head (i32.load (i32.sub (i32.add (local.get $slot) (local.get $k)) (i32.const 4))))
    (local.set $block (local.get $head))
    (local.set $k (i32.const 0))
    (i32.store (i32.const 108) (i32.add (i32.load (i32.const 108)) (i32.const 1)))
    (i32.store (i32.const 104) (i32.sub (i32.load (i32.const 104)) (i32.const 1)))
    (block $none
      (loop $blocks
        (br_if $none (i32.eqz (local.get $block)))
        (local.set $lane
          (call $laneOf
            (i16x8.bitmask (i16x8.eq (v128.load (local.get $block)) (local.get $sketch)))
            (i32.add (local.get $block) (i32.const 16))
            (local.get $row)))
        (if (i32.ge_s (local.get $lane) (i32.const 0))
          (then
            (call $putNumber
              (i32.add (i32.add (local.get $block) (i32.const 16)) (i32.mul (local.get $lane) (i32.const 3)))
              (i32.const 0xffffff))
            (local.set $block (i32.add (local.get $block) (i32.shl (local.get $lane) (i32.const 1))))
            (i32.store16 (local.get $block) (call $noise (local.get $block)))
            (i32.store offset=60 (local.get $head) (i32.add (i32.load offset=60 (local.get $head)) (i32.const 1)))
            (return)))
        (local.set $block (i32.load offset=48 (local.get $block)))
        (br_if $blocks
          (i32.lt_u (local.tee $k (i32.add (local.get $k) (i32.const 1))) (i32.const 64))))))

  (func (export "remove") (param $area i32) (param $row i32) (param $from i32) (param $to i32)
    (if (i32.ge_u (local.get $from) (local.get $to)) (then (return)))
    (call $touchSlots (local.get $area) (call $rowAt (local.get $row)) (local.get $from) (local.get $to))
    (loop $chunks
      (call $displace (local.get $area) (local.get $row) (local.get $from))
      (br_if $chunks (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 1))) (local.get $to))))))
