# occam_fuzz(NAME SOURCES fuzz/x.cpp LINKS room), NAME begins with fuzz_
occam_fuzz(fuzz_frame SOURCES fuzz/frame.cpp LINKS wire)
occam_fuzz(fuzz_frontend SOURCES fuzz/frontend.cpp LINKS wire)
occam_fuzz(fuzz_backend SOURCES fuzz/backend.cpp LINKS wire)
occam_fuzz(fuzz_greeting SOURCES fuzz/greeting.cpp LINKS wire)
occam_fuzz(fuzz_login SOURCES fuzz/login.cpp LINKS wire)
occam_fuzz(fuzz_transcript SOURCES fuzz/transcript.cpp LINKS trace)
occam_fuzz(fuzz_rewriter SOURCES fuzz/rewriter.cpp LINKS rewriter)
occam_fuzz(fuzz_relay SOURCES fuzz/relay.cpp LINKS relay)
