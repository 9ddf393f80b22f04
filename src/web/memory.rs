//! The module's allocator: free lists by size over memory that only grows, in a sixth of the default one's bytes.
//!
//! A size is rounded up to one of four steps per doubling, so at most a fifth of a block lies idle; a freed block
//! waits in its size's list for the next of its size. Blocks are never joined: an engine's sizes repeat, and what
//! a page holds at once is bounded (`docs/architecture.md`).
#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout};
use std::arch::wasm32::{memory_grow, memory_size};
use std::cell::UnsafeCell;
use std::ptr;

const PAGE: usize = 65_536;

/// What every block is aligned to; nothing the engine holds wants more.
const ALIGN: usize = 8;

struct State {
    /// For each size the first free block; a free block begins with the address of the next one.
    free: [*mut u8; 128],
    /// The memory that was never given out.
    next: usize,
    end: usize,
}

/// The free lists.
struct Lists(UnsafeCell<State>);

// SAFETY: the module has one thread: it is built without atomics, and the host makes an instance per page.
unsafe impl Sync for Lists {}

#[global_allocator]
static MEMORY: Lists = Lists(UnsafeCell::new(State { free: [ptr::null_mut(); 128], next: 0, end: 0 }));

unsafe extern "C" {
    /// Where the linker's own data end.
    static __heap_base: u8;
}

/// The list that blocks for `size` bytes belong to, and how large they are.
#[inline(never)]
fn class(size: usize) -> (usize, usize) {
    let last = size.saturating_sub(1) | (ALIGN - 1);
    let doubling = 31 - last.leading_zeros() as usize;
    let step = doubling.saturating_sub(2);
    (doubling * 4 + (last >> step & 3), (last | ((1 << step) - 1)) + 1)
}

impl State {
    /// Memory that was never given out, or null where the browser gives no more.
    fn take(&mut self, size: usize) -> *mut u8 {
        if self.next == 0 {
            self.next = (&raw const __heap_base as usize).next_multiple_of(ALIGN);
            self.end = memory_size(0) * PAGE;
        }
        if size > self.end - self.next {
            let wanted = (size - (self.end - self.next)).div_ceil(PAGE);
            let before = memory_grow(0, wanted);
            if before == usize::MAX {
                return ptr::null_mut();
            }
            self.end = (before + wanted) * PAGE;
        }
        let block = self.next;
        self.next += size;
        block as *mut u8
    }
}

// SAFETY: a block is given out once until it comes back: it is either cut off the memory nobody had, or taken out of
// its list. Its size is at least the layout's (`class` rounds up) and it is aligned to `ALIGN`, as every size is.
unsafe impl GlobalAlloc for Lists {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() > ALIGN || layout.size() > isize::MAX as usize / 2 {
            return ptr::null_mut();
        }
        let (list, size) = class(layout.size());
        // SAFETY: one thread, and nothing in here allocates, so this is the only reference.
        let state = unsafe { &mut *self.0.get() };
        let Some(first) = state.free.get_mut(list) else { return ptr::null_mut() };
        if first.is_null() {
            return state.take(size);
        }
        let block = *first;
        // SAFETY: the block is free, so its first bytes hold the address of the next one.
        *first = unsafe { *block.cast::<*mut u8>() };
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above.
        let state = unsafe { &mut *self.0.get() };
        if let Some(first) = state.free.get_mut(class(layout.size()).0) {
            // SAFETY: the block is ours again, and at least `ALIGN` bytes long.
            unsafe { *block.cast::<*mut u8>() = *first };
            *first = block;
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, wanted: usize) -> *mut u8 {
        if class(layout.size()).0 == class(wanted).0 {
            return block;
        }
        // SAFETY: the caller's promises for `realloc` are those of the three calls.
        unsafe {
            let moved = self.alloc(Layout::from_size_align_unchecked(wanted, layout.align()));
            if !moved.is_null() {
                ptr::copy_nonoverlapping(block, moved, layout.size().min(wanted));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}
