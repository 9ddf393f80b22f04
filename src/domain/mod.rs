//! The decisions of Dangol, without a browser.
