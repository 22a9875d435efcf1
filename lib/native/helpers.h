// Threads that help the one that calls an op.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/**
 * Threads that wait awake for a moment after some work before they sleep. A step of training shares out work some
 * hundred times within a tenth of a second, and to wake a thread takes 30 to 80 microseconds. While they wait they let
 * other processes go first, so that two trainings beside each other lose nothing.
 */
class Helpers {
 public:
  typedef std::function<void(int64_t from, int64_t to)> Work;

  /** Those of this process, which never end. GCC makes one variable of it for the libraries of all ops. */
  static Helpers &of_process(int64_t count) {
    static Helpers *helpers = new Helpers(count);
    return *helpers;
  }

  /**
   * Has work done in blocks of so many parts, some of them by the caller. Whoever comes while somebody else's work is
   * done does his own alone.
   */
  void share_out(int64_t parts, int64_t block, const Work &work) {
    std::unique_lock<std::mutex> turn(turns_, std::try_to_lock);
    if (!turn || parts <= block) return work(0, parts);
    work_ = &work, parts_ = parts, block_ = block, rounding_ = read_rounding(), next_ = 0;
    is_open_ = true;
    call();
    take_blocks();
    is_open_ = false;
    while (!comes_true([this] { return inside_ == 0; })) continue;
  }

 private:
  /** How long a helper waits awake, and how often one looks before others may go first. */
  static constexpr auto AWAKE = std::chrono::microseconds(200);
  static constexpr int LOOKS = 16;

  explicit Helpers(int64_t count) {
    for (; count > 0; count--) std::thread([this] { help(); }).detach();
  }

  /** Waits for work, and does blocks of it if it is not done yet. The caller writes nothing while anyone is inside. */
  void help() {
    for (uint64_t seen = 0;;) {
      wait_after(seen);
      seen = calls_;
      inside_++;
      if (is_open_) {
        set_rounding(rounding_);
        take_blocks();
      }
      inside_--;
    }
  }

  void take_blocks() {
    for (int64_t from; (from = next_.fetch_add(block_)) < parts_;) (*work_)(from, std::min(from + block_, parts_));
  }

  void call() {
    calls_++;
    if (sleepers_ == 0) return;
    std::lock_guard<std::mutex> lock(sleep_);
    wake_.notify_all();
  }

  void wait_after(uint64_t seen) {
    const auto is_called = [&] { return calls_ != seen; };
    if (comes_true(is_called)) return;
    std::unique_lock<std::mutex> lock(sleep_);
    sleepers_++;
    wake_.wait(lock, is_called);
    sleepers_--;
  }

  /** Waits awake for a moment. */
  template <typename Condition>
  static bool comes_true(const Condition &is_true) {
    const auto end = std::chrono::steady_clock::now() + AWAKE;
    do {
      for (int look = 0; look < LOOKS; look++, relax())
        if (is_true()) return true;
      std::this_thread::yield();
    } while (std::chrono::steady_clock::now() < end);
    return false;
  }

#if defined(__x86_64__)
  static void relax() { _mm_pause(); }
  static unsigned read_rounding() { return _mm_getcsr(); }
  static void set_rounding(unsigned rounding) { _mm_setcsr(rounding); }
#else
  static void relax() { std::this_thread::yield(); }
  static unsigned read_rounding() { return 0; }
  static void set_rounding(unsigned) {}
#endif

  std::mutex turns_, sleep_;
  std::condition_variable wake_;
  std::atomic<uint64_t> calls_{0};
  std::atomic<int> sleepers_{0}, inside_{0};
  std::atomic<bool> is_open_{false};
  const Work *work_ = nullptr;
  int64_t parts_ = 0, block_ = 1;
  unsigned rounding_ = 0;
  std::atomic<int64_t> next_{0};
};
